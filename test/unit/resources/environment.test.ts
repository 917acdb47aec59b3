import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { inCheckout } from '../../../infra/local/host/serverless-process.ts';
import { environment } from '../../../infra/resources/environment.ts';
import { DEPLOYED } from '../../../infra/resources/functions.ts';

const { deployed, local } = environment;

describe("a function's variables", () => {
  it.each(DEPLOYED.map(({ name, reads }) => [name, reads] as const))(
    'are of the sections that it reads: %s',
    async (name, reads) => {
      const source = await readFile(inCheckout(`functions/${name}/index.ts`), 'utf8');
      const read = [...source.matchAll(/CONFIG\.(\w+)/g)].map(([, section]) => section);
      expect([...new Set(read)].sort()).toEqual([...reads].sort());
    },
  );

  it('are the same on AWS and on one machine', () => {
    for (const { name } of DEPLOYED) {
      expect(Object.keys(local[name] ?? {}), name).toEqual(Object.keys(deployed[name] ?? {}));
    }
  });

  it('come from the process that starts it, on one machine', () => {
    expect(local['register']).toMatchObject({
      DATABASE_CLUSTER_ARN: `\${env:DATABASE_CLUSTER_ARN, ''}`,
      RECONCILE_FUNCTION_NAME: `\${self:service}-\${sls:stage}-reconcile`,
    });
  });

  it('are set by the parameter of their name', () => {
    expect(deployed['sweep']).toMatchObject({ BRAKE_SHARE: `\${param:brake-share, ''}` });
  });

  it('let only those wait for a database that is waking up whom nobody waits for', () => {
    const patient = DEPLOYED.filter(({ name }) => Number(deployed[name]?.['DATABASE_BUDGET_MS']) > 6_000);
    expect(patient.map(({ name }) => name)).toEqual([
      ...['reconcile', 'converge', 'orphans', 'sweep', 'liveness', 'archive', 'hint'],
    ]);
  });
});
