import { rm } from 'node:fs/promises';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startDataApi } from '../../infra/local/data-api/server.ts';
import { APPLICATION, createOwner, documentsOf, newPassword } from '../../infra/local/postgres/owner-role.ts';
import { createRunFolder, removeStaleRuns } from '../../infra/local/postgres/run-folder.ts';
import { startPostgres } from '../../infra/local/postgres/start-postgres.ts';
import { startSecrets } from '../../infra/local/secrets/server.ts';
import { migrateAll } from '../../infra/migrate.ts';
import { useLocalAws } from './local-aws.ts';
import {
  CLUSTER_ARN,
  loginsOf,
  OWNER_SECRET_ARN,
  SECRET_ARN,
  SIGNING_SECRET,
  TEMPLATE_DATABASE,
  TOKEN_SECRET_ID,
} from './provided.ts';

/** One PostgreSQL a run: migrated once, through the Data API, into the template that every test file copies. */
export default async function setup(project: TestProject) {
  await removeStaleRuns();
  const folder = await createRunFolder();
  const postgres = await startPostgres({ folder });
  const { host, port, user, password } = postgres;

  const admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  const owner = await createOwner(admin);
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE} OWNER ${owner.user}`);
  await admin.end();
  const application = { user: APPLICATION, password: newPassword() };
  const logins = loginsOf({ owner, application });
  const dataApi = await startDataApi({ postgres: { host, port, ...owner }, logins });
  const secrets = await startSecrets({ secrets: { [TOKEN_SECRET_ID]: SIGNING_SECRET, ...documentsOf(logins) } });
  useLocalAws({ dataApi: dataApi.url, secrets: secrets.url });
  await migrateAll({
    clusterArn: CLUSTER_ARN,
    name: TEMPLATE_DATABASE,
    ownerSecretArn: OWNER_SECRET_ARN,
    applicationSecretArn: SECRET_ARN,
  });
  await fetch(`${dataApi.url}/_control/pools/${TEMPLATE_DATABASE}`, { method: 'DELETE' });

  project.provide('servers', {
    postgres: { host, port, user, password },
    owner,
    application,
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
