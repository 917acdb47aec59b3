import { threadId } from 'node:worker_threads';
import pg from 'pg';
import { inject } from 'vitest';
import { startDataApi } from '../../infra/local/data-api/server.ts';
import { startEc2 } from '../../infra/local/ec2/server.ts';
import { startLambda } from './lambda-server.ts';
import { LAUNCH_TEMPLATE_ID, loginsOf, TEMPLATE_DATABASE } from './provided.ts';

const servers = inject('servers');

/**
 * What this worker keeps for all of its test files, so that the modules which they share can keep it too: handlers read
 * the name of their database and their endpoints once.
 */
export const worker = {
  servers,
  /** Its faults reach one file at a time. */
  dataApi: await startDataApi({ postgres: { ...servers.postgres, ...servers.owner }, logins: loginsOf(servers) }),
  databaseName: `muster_${process.pid}_${threadId}`,
  ec2: await startEc2({
    boot: { kind: 'none' },
    timings: { pendingMs: 0, stoppingMs: 0, shuttingDownMs: 0 },
    launchTemplates: {
      [LAUNCH_TEMPLATE_ID]: { name: 'muster', imageId: 'ami-0123456789abcdef0', instanceType: 't4g.small' },
    },
  }),
  lambda: await startLambda(),
};

const admin = new pg.Client({ ...servers.postgres, database: 'postgres' });
await admin.connect();

/** Gives the next test file a database as it was migrated, and an EC2 and a Lambda without a past. */
export async function beginAnew(): Promise<void> {
  const { databaseName, dataApi, ec2, lambda } = worker;
  await fetch(`${dataApi.url}/_control/pools/${databaseName}`, { method: 'DELETE' });
  await fetch(`${dataApi.url}/_control/faults`, { method: 'POST', body: '{}' });
  await admin.query(`DROP DATABASE IF EXISTS ${databaseName} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${databaseName} TEMPLATE ${TEMPLATE_DATABASE} OWNER ${servers.owner.user}`);
  // A copy lacks the rights of the database itself.
  await admin.query(`REVOKE TEMPORARY ON DATABASE ${databaseName} FROM PUBLIC`);
  await ec2.reset();
  lambda.invocations.length = 0;
  lambda.refuses = false;
}
