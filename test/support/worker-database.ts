import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { startEc2 } from '../../infra/local/ec2/server.ts';
import { startLambda } from './lambda-server.ts';
import { useLocalAws } from './local-aws.ts';
import { CLUSTER_ARN, LAUNCH_TEMPLATE_ID, SECRET_ARN, TEMPLATE_DATABASE, TOKEN_SECRET_ID } from './provided.ts';
import { shared } from './shared.ts';

const servers = inject('servers');
const name = `muster_${randomBytes(6).toString('hex')}`;

const admin = new pg.Client({ ...servers.postgres, database: 'postgres' });
await admin.connect();
await admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE} OWNER ${servers.owner.user}`);

const ec2 = await startEc2({
  boot: { kind: 'none' },
  timings: { pendingMs: 0, stoppingMs: 0, shuttingDownMs: 0 },
  launchTemplates: {
    [LAUNCH_TEMPLATE_ID]: { name: 'muster', imageId: 'ami-0123456789abcdef0', instanceType: 't4g.small' },
  },
});
const lambda = await startLambda();
useLocalAws({ dataApi: servers.dataApi, secrets: servers.secrets, ec2: ec2.url, lambda: lambda.url });
Object.assign(process.env, {
  DATABASE_CLUSTER_ARN: CLUSTER_ARN,
  DATABASE_SECRET_ARN: SECRET_ARN,
  DATABASE_NAME: name,
  TOKEN_SECRET_ID,
  REGISTRY_URL: 'http://127.0.0.1:1',
  LAUNCH_TEMPLATE_ID,
  RECONCILE_FUNCTION_NAME: 'muster-test-reconcile',
  CONVERGE_FUNCTION_NAME: 'muster-test-converge',
  ALLOW_LOOPBACK_SOURCES: 'true',
  BUILD_SHA: 'test',
  BUILD_VERSION: '0.0.0',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
});
shared.start({
  databaseName: name,
  ec2Url: ec2.url,
  dataApiUrl: servers.dataApi,
  lambda,
  postgres: servers.postgres,
  owner: servers.owner,
});

afterAll(async () => {
  await ec2.stop();
  await lambda.stop();
  await fetch(`${servers.dataApi}/_control/pools/${name}`, { method: 'DELETE' });
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});
