import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createRegistryClient } from '../../../infra/cli/registry/client.ts';
import { createRolloutDatabase } from '../../../infra/deploy/database.ts';
import type { Packaging } from '../../../infra/deploy/framework.ts';
import { createAwsPorts } from '../../../infra/deploy/open.ts';
import type { Ports } from '../../../infra/deploy/ports.ts';
import { smokeTest } from '../../../infra/deploy/smoke-test.ts';
import { untilReady } from '../../../infra/deploy/until-ready.ts';
import { readMigrationFiles } from '../../../infra/migrations/files.ts';
import { dropPool } from '../../support/database.ts';
import { CLUSTER_ARN, OWNER_SECRET_ARN, SECRET_ARN, TOKEN_SECRET_ID } from '../../support/provided.ts';
import { shared } from '../../support/shared.ts';
import { startAws } from './aws.ts';
import { startRegistry } from './registry-server.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Without its pauses. */
const asked = { fetch, pause: async () => undefined };

/** Where a rollout goes; the database's name is the one that this file's handlers were given. */
export const place = {
  stage: 'prod',
  region: 'us-east-1',
  params: new Map([['database-name', shared.now.databaseName]]),
};

export const line = {
  ...place,
  dryRun: false,
  allowDirty: false,
};

/** The git sha that the handlers of a test say they are. */
export const SHA = 'test';

/** A rollout whose functions, database, CloudFormation and logs are servers on this machine; each test begins anew. */
export function useRollout() {
  const broken = new Set<string>();
  const said: string[] = [];
  const deployed: Packaging[] = [];
  let scratch = '';
  let aws: Awaited<ReturnType<typeof startAws>>;
  let registry: Awaited<ReturnType<typeof startRegistry>>;

  beforeAll(async () => {
    aws = await startAws();
    registry = await startRegistry(broken);
    process.env['AWS_ENDPOINT_URL_CLOUDFORMATION'] = aws.url;
    process.env['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'] = aws.url;
  });
  afterAll(async () => {
    delete process.env['AWS_ENDPOINT_URL_CLOUDFORMATION'];
    delete process.env['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'];
    await aws.stop();
    await registry.stop();
  });
  beforeEach(async () => {
    broken.clear();
    said.length = 0;
    deployed.length = 0;
    aws.stacks.clear();
    aws.logs.clear();
    scratch = await mkdtemp(join(tmpdir(), 'muster-rollout-'));
    return () => rm(scratch, { recursive: true });
  });

  const dataOutputs = {
    DatabaseClusterArn: CLUSTER_ARN,
    OwnerSecretArn: OWNER_SECRET_ARN,
    ApplicationSecretArn: SECRET_ARN,
    TokenSecretArn: TOKEN_SECRET_ID,
  };
  const framework = {
    async package({ folder, params }: Packaging) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'cloudformation-template-update-stack.json'), '{"Resources": {"A": {"Type": "T"}}}');
      await writeFile(join(folder, 'serverless-state.json'), '{"service": {"provider": {}}}');
      await writeFile(join(folder, 'heartbeat.zip'), 'code');
      await writeFile(join(folder, 'params.json'), JSON.stringify([...params]));
    },
    async deploy(packaging: Packaging) {
      deployed.push(packaging);
      const isData = packaging.service === 'data';
      const outputs = isData ? dataOutputs : { RegistryUrl: registry.url };
      aws.stacks.set(isData ? 'muster-data-prod' : 'muster-prod', { outputs, template: '{"Resources": {}}' });
    },
  };
  const ports = (over: Partial<Ports> = {}): Ports => ({
    root: ROOT,
    scratch,
    over: new AbortController().signal,
    say: (text) => said.push(text),
    source: { sha: async () => SHA, changes: async () => '', withCode: async (_sha, _folder, work) => work() },
    processes: { run: async () => '' },
    framework,
    check: async () => undefined,
    database: createRolloutDatabase(),
    migrationFiles: () => readMigrationFiles(join(ROOT, 'infra/migrations')),
    ...createAwsPorts(place, join(ROOT, 'functions'), new AbortController().signal),
    untilReady: (url, expected) => untilReady(url, expected, asked),
    smokeTest: (url) => smokeTest(url, { operator: createRegistryClient({ url, region: null }, fetch), ...asked }),
    ...over,
  });
  return {
    broken,
    said,
    deployed,
    ports,
    framework,
    get aws() {
      return aws;
    },
    /** What an earlier rollout has left: both stacks, and code of this sha that answers. */
    async deployedBefore() {
      for (const service of ['data', 'registry'] as const) {
        await framework.deploy({ service, folder: '', root: ROOT, sha: SHA, params: new Map() });
      }
      deployed.length = 0;
    },
  };
}

/** Gives the file a database that no migration has seen. */
export async function emptyDatabase(): Promise<void> {
  const { postgres, databaseName, owner } = shared.now;
  await dropPool();
  const admin = new pg.Client({ ...postgres, database: 'postgres' });
  await admin.connect();
  await admin.query(`DROP DATABASE ${databaseName} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${databaseName} TEMPLATE template0 OWNER ${owner.user}`);
  await admin.end();
}
