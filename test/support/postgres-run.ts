import { rm } from 'node:fs/promises';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startDataApi } from '../../infra/local/data-api/server.ts';
import { createOwner } from '../../infra/local/postgres/owner-role.ts';
import { createRunFolder, removeStaleRuns } from '../../infra/local/postgres/run-folder.ts';
import { startPostgres } from '../../infra/local/postgres/start-postgres.ts';
import { startSecrets } from '../../infra/local/secrets/server.ts';
import { migrate } from '../../infra/migrate.ts';
import { useLocalAws } from './local-aws.ts';
import { CLUSTER_ARN, SECRET_ARN, SIGNING_SECRET, TEMPLATE_DATABASE, TOKEN_SECRET_ID } from './provided.ts';

/** One PostgreSQL a run: migrated once, through the Data API, into the template that every test file copies. */
export default async function setup(project: TestProject) {
  await removeStaleRuns();
  const folder = await createRunFolder();
  const postgres = await startPostgres({ folder });
  const secrets = await startSecrets({ secrets: { [TOKEN_SECRET_ID]: SIGNING_SECRET } });
  const { host, port, user, password } = postgres;

  const admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  const owner = await createOwner(admin);
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE} OWNER ${owner.user}`);
  await admin.end();
  const dataApi = await startDataApi({ postgres: { host, port, ...owner } });
  useLocalAws({ dataApi: dataApi.url, secrets: secrets.url });
  await migrate({ clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, name: TEMPLATE_DATABASE, budgetMs: 90_000 });
  await fetch(`${dataApi.url}/_control/pools/${TEMPLATE_DATABASE}`, { method: 'DELETE' });

  project.provide('servers', {
    postgres: { host, port, user, password },
    owner,
    dataApi: dataApi.url,
    secrets: secrets.url,
  });
  return async () => {
    await dataApi.stop();
    await secrets.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
