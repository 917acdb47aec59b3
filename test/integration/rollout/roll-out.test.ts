import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rollOut } from '../../../infra/deploy/roll-out.ts';
import { migrate } from '../../../infra/migrate.ts';
import { readMigrationFiles } from '../../../infra/migrations/files.ts';
import { databaseConfig } from '../../support/database.ts';
import { OWNER_SECRET_ARN } from '../../support/provided.ts';
import { sql } from '../../support/sql.ts';
import { emptyDatabase, line, SHA, useRollout } from './rolling-out.ts';

const rollout = useRollout();
const MIGRATIONS = join(import.meta.dirname, '../../../infra/migrations');

const probes = () => sql(`SELECT status::text FROM workspaces WHERE name LIKE 'muster-smoke-%'`);
const deployedServices = () => rollout.deployed.map(({ service }) => service);

/** A copy of the migrations with one more file. */
async function migrationsWith(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(MIGRATIONS, folder, { recursive: true });
  await writeFile(join(folder, name), text);
  return folder;
}

describe('a rollout', () => {
  it('brings up what was not there: data stack, schema, functions with the registry’s id, and a probe that goes', async () => {
    await emptyDatabase();
    await rollOut(line, rollout.ports());
    expect(deployedServices()).toEqual(['data', 'registry']);
    const [registry] = await sql('SELECT id::text FROM registry_identity');
    expect(rollout.deployed.at(1)?.params.get('registry-id')).toBe(registry?.['id']);
    expect(await probes()).toEqual([{ status: 'removed' }]);
    expect(rollout.said.at(-1)).toBe(`${SHA} runs on stage prod.`);
  });

  it('repeated changes nothing in the database but for its probe', async () => {
    await rollOut(line, rollout.ports());
    expect(rollout.said).toContain('  nothing to apply');
  });

  it('of code that is not committed begins only where that is asked for', async () => {
    const ports = rollout.ports();
    const source = { ...ports.source, changes: async () => ' M lib/config.ts' };
    await expect(rollOut(line, { ...ports, source })).rejects.toThrow(/not committed .*\n M lib/);
    expect(rollout.deployed).toEqual([]);
    await rollOut({ ...line, allowDirty: true }, { ...ports, source });
    expect(deployedServices()).toEqual(['data', 'registry']);
  });

  it('deploys nothing over a stack of an earlier release, which has the database in it and would lose it', async () => {
    const cluster = { Type: 'AWS::RDS::DBCluster', DeletionPolicy: 'Snapshot' };
    rollout.aws.stacks.set('muster-prod', { outputs: {}, template: JSON.stringify({ Resources: { cluster } }) });
    await expect(rollOut(line, rollout.ports())).rejects.toThrow('muster-prod has the database in it');
    expect(rollout.deployed).toEqual([]);
  });

  it('takes the limits of gone routes away before it deploys functions: API Gateway would refuse to change their stage', async () => {
    rollout.aws.stacks.set('muster-prod', { outputs: { HttpApiId: 'a1b2c3' }, template: '{"Resources": {}}' });
    const deployedBefore: string[][] = [];
    const forgetGoneRoutes = async (apiId: string) => {
      deployedBefore.push([apiId, ...deployedServices()]);
      return ['GET /old'];
    };
    await rollOut(line, rollout.ports({ forgetGoneRoutes }));
    expect(deployedBefore).toEqual([['a1b2c3', 'data']]);
    expect(rollout.said).toContain('  GET /old');
  });

  it('deploys nothing when the check of the templates finds something', async () => {
    const check = () => Promise.reject(new Error('1 finding'));
    await expect(rollOut(line, rollout.ports({ check }))).rejects.toThrow('check the templates: 1 finding');
    expect(rollout.deployed).toEqual([]);
  });

  it('deploys no functions when the migration fails', async () => {
    const folder = await migrationsWith('9999_bad.sql', '-- runs with: previous code\nSELECT no_such_column;');
    const { database } = rollout.ports();
    const migrateThere = async () => ({
      ...(await migrate({ ...databaseConfig, secretArn: OWNER_SECRET_ARN }, folder)),
      passwordSet: false,
    });
    const failing = rollOut(line, rollout.ports({ database: { ...database, migrate: migrateThere } }));
    await expect(failing).rejects.toThrow(/^migrate: .*no_such_column/);
    expect(deployedServices()).toEqual(['data']);
  });

  it('migrates nothing when the code that runs now is not said to run with a migration', async () => {
    const folder = await migrationsWith('9999_contract.sql', 'ALTER TABLE plans DROP COLUMN handed_at;');
    const failing = rollOut(line, rollout.ports({ migrationFiles: () => readMigrationFiles(folder) }));
    await expect(failing).rejects.toThrow(/9999_contract does not say "-- runs with: previous code"/);
    expect(deployedServices()).toEqual(['data']);
  });

  it('deploys no functions that are not those which were checked', async () => {
    const { framework } = rollout;
    const changing: typeof framework = {
      ...framework,
      async package(packaging) {
        await framework.package(packaging);
        await writeFile(join(packaging.folder, 'heartbeat.zip'), packaging.folder);
      },
    };
    const failing = rollOut(line, rollout.ports({ framework: changing }));
    await expect(failing).rejects.toThrow('packaged a second time, it is not the same: heartbeat.zip');
    expect(deployedServices()).toEqual(['data']);
  });
});

describe('a rollout whose functions do not come to answer', () => {
  it('tells where its domain has to lead, where that is not entered by itself', async () => {
    const { framework } = rollout;
    const deploy = async (packaging: Parameters<typeof framework.deploy>[0]) => {
      await framework.deploy(packaging);
      if (packaging.service === 'data') return;
      const outputs = { RegistryUrl: 'http://registry.invalid', DomainTarget: 'd-1.execute-api.example' };
      rollout.aws.stacks.set('muster-prod', { outputs, template: '{"Resources": {}}' });
    };
    const ports = rollout.ports({ framework: { ...framework, deploy } });
    await expect(rollOut(line, ports)).rejects.toThrow(/registry\.invalid\/ready does not answer/);
    const told =
      '  registry.invalid has to lead to d-1.execute-api.example (CNAME); until it does, nothing answers there';
    expect(rollout.said).toContain(told);
  });

  it('tells what they logged, and the command that goes back', async () => {
    await rollout.deployedBefore();
    rollout.aws.logs.set('/aws/lambda/muster-prod-heartbeat', ['{"level":"ERROR","message":"Configuration: …"}\n']);
    const { source } = rollout.ports();
    const ports = rollout.ports({ source: { ...source, sha: async () => 'feedface' } });
    await expect(rollOut(line, ports)).rejects.toThrow(
      /does not answer with feedface on \d+_\w+; its last answer: \{.*"sha":"test"/,
    );
    expect(rollout.said).toContain(
      '  /aws/lambda/muster-prod-heartbeat: {"level":"ERROR","message":"Configuration: …"}',
    );
    expect(rollout.said.at(-2)).toBe('To go back to test:');
    expect(rollout.said.at(-1)).toBe(
      `  npm run rollback -- --stage prod --region us-east-1 --param database-name=${line.params.get('database-name')} --to test`,
    );
  });

  it.each([
    ['POST /registry/register', 'register: HTTP 500'],
    ['POST /registry/heartbeat', 'heartbeat: HTTP 500'],
    ['GET /workspaces/{id}/state', 'state: HTTP 500'],
  ])('or refuse the probe at %s, which is removed all the same', async (route, words) => {
    const before = await probes();
    rollout.broken.add(route);
    await expect(rollOut(line, rollout.ports())).rejects.toThrow(words);
    const after = await probes();
    expect(after.length).toBe(before.length + 1);
    expect(after.every(({ status }) => status === 'removed')).toBe(true);
    expect(rollout.said.at(-2)).toBe('Nothing answered here before. To go back to a commit that ran:');
  });

  it('names what is to be removed by hand where the probe cannot be removed', async () => {
    rollout.broken.add('DELETE /workspaces/{id}');
    const ports = rollout.ports();
    await expect(rollOut(line, ports)).rejects.toThrow(
      /could not be removed .*npm run muster -- rm [0-9a-f-]{36} --url/,
    );
  });
});
