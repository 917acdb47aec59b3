import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startDataApi } from '../data-api/server.ts';
import { checkout, inCheckout, loopbackEnvironment } from '../host/serverless-process.ts';
import { createOwner } from '../postgres/owner-role.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { databaseEnvironment, databaseName } from './function-environment.ts';
import type { Lifetime } from './lifetime.ts';

export type Database = {
  readonly dataApi: string;
  /** postgres://… of the database that the functions use, as its owner, which is no superuser. */
  readonly url: string;
  readonly processId: number;
};

/** PostgreSQL with an empty database, and the Data API before it, which connects as the database's owner. */
export async function startDatabase({ parts, broke, over }: Lifetime, runFolder: string): Promise<Database> {
  const postgres = await startPostgres({ folder: runFolder });
  let taken = false;
  parts.defer(() => {
    taken = true;
    return postgres.stop();
  });
  void postgres.ended.then(async () => {
    if (taken || over.aborted) return;
    const log = await readFile(join(postgres.folder, 'postgres.log'), 'utf8').catch(() => '');
    broke(`PostgreSQL ended on its own. The end of its log:\n${log.slice(-2_000)}`);
  });
  const { host, port, processId } = postgres;

  const admin = new Client({ host, port, user: postgres.user, password: postgres.password, database: 'postgres' });
  await admin.connect();
  const { user, password } = await createOwner(admin);
  await admin.query(`CREATE DATABASE ${databaseName} OWNER ${user}`);
  await admin.end();

  const dataApi = await startDataApi({ postgres: { host, port, user, password } });
  parts.defer(() => dataApi.stop());
  const url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${databaseName}`;
  return { dataApi: dataApi.url, url, processId };
}

/**
 * Migrates with the same command as on AWS.
 *
 * @throws with what the command printed, when it fails
 */
export async function migrateDatabase(dataApi: string): Promise<void> {
  const env = { ...loopbackEnvironment(), ...databaseEnvironment(dataApi) };
  await promisify(execFile)(process.execPath, [inCheckout('infra/migrate.ts')], { cwd: checkout, env });
}
