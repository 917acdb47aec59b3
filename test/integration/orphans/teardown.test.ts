import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { provisionRequest } from '../../../functions/provision/schema.ts';
import { ProvisionFailed } from '../../../lib/domain/errors.ts';
import { converge, instancesOf, owedOf, provisionWith } from '../../support/converge.ts';
import { ec2Faults } from '../../support/ec2.ts';
import { eventsOf, tokens } from '../../support/registry.ts';
import { register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { runTwice, useOwnRegistry } from './run-orphans.ts';

useOwnRegistry();

afterEach(async () => {
  await ec2Faults({});
});

const request = provisionRequest({ allowLoopbackSources: true }).parse({ name: 'n', runtime: 'r' });
const refused = { finaliseLaunch: async () => undefined };

/** A workspace whose instance could not be recorded, nor ended. */
async function leakOne(key: string | null = null): Promise<string> {
  await ec2Faults({ errors: [{ action: 'TerminateInstances', code: 'InternalError' }] });
  const by = { actor: 'test', requestId: randomUUID() };
  const failure = await provisionWith(refused)
    .provision(key, request, by)
    .catch((error: unknown) => error);
  await ec2Faults({});
  if (!(failure instanceof ProvisionFailed)) throw failure;
  return String(failure.details.workspace_id);
}

describe('an instance whose teardown failed', () => {
  it('is told of in the history, and given to its failed workspace, which its runtime brings back', async () => {
    const id = await leakOne();
    expect((await eventsOf(id)).map(({ event }) => event)).toContain('persistence_failed');
    expect(await owedOf(id)).toMatchObject({ status: 'failed', instance_id: null });
    const [leaked] = await instancesOf(id);
    expect(await runTwice()).toMatchObject({ adopted: 1, terminated: 0 });
    expect(await owedOf(id)).toMatchObject({ status: 'failed', instance_id: leaked?.id });
    const token = await tokens.sign({ sub: id, gen: 1, ver: 1, kind: 'bootstrap' });
    expect((await register(token, { id, boot_id: 'b1' })).body.workspace_status).toBe('online');
  }, 30_000);

  it('is ended where the call was repeated, and its workspace has another', async () => {
    const key = randomUUID();
    const id = await leakOne(key);
    const [leaked] = await instancesOf(id);
    const again = await provisionWith().provision(key, request, { actor: 'test', requestId: randomUUID() });
    expect(again).toMatchObject({ status: 201, body: { id, generation: 2 } });
    expect(await runTwice()).toMatchObject({ adopted: 0, terminated: 1 });
    await expect.poll(async () => (await instancesOf(id)).map((one) => one.id)).toEqual([again.body.instance_id]);
    expect(leaked?.id).not.toBe(again.body.instance_id);
  }, 30_000);

  it('is ended where the workspace was removed', async () => {
    const id = await leakOne();
    await sql(
      `UPDATE workspaces SET status = 'removed', cause = '{"event":"remove","reason":"t","actor":"t"}' WHERE id = :id::uuid`,
      { id },
    );
    await converge(id);
    expect(await runTwice()).toMatchObject({ adopted: 0, terminated: 1 });
    await expect.poll(() => instancesOf(id)).toEqual([]);
  }, 30_000);
});
