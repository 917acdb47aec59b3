import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startDataApi } from '../data-api/server.ts';
import { checkout, inCheckout, loopbackEnvironment } from '../host/serverless-process.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { databaseEnvironment, databaseName } from './function-environment.ts';
import type { Lifetime } from './lifetime.ts';
import { watchProcess } from './watch-process.ts';

export type Database = {
  readonly dataApi: string;
  /** postgres://… of the database that the functions use. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly processId: number;
};

/** PostgreSQL with an empty database, and the Data API before it. */
export async function startDatabase({ parts, broke }: Lifetime, runFolder: string): Promise<Database> {
  const postgres = await startPostgres({ folder: runFolder });
  parts.defer(() => postgres.stop());
  const lost = async () => {
    const log = await readFile(join(postgres.folder, 'postgres.log'), 'utf8').catch(() => '');
    broke(`PostgreSQL ended on its own. The end of its log:\n${log.slice(-2_000)}`);
  };
  parts.defer(await watchProcess(postgres.processId, lost));
  const { host, port, user, password, processId } = postgres;

  const client = new Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${databaseName}`);
  await client.end();

  const dataApi = await startDataApi({ postgres: { host, port, user, password } });
  parts.defer(() => dataApi.stop());
  const url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${databaseName}`;
  return { dataApi: dataApi.url, url, user, password, processId };
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
