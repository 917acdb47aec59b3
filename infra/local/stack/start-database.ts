import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { startDataApi } from '../data-api/server.ts';
import { checkout, inCheckout, loopbackEnvironment } from '../host/serverless-process.ts';
import { APPLICATION, createOwner, documentsOf, newPassword } from '../postgres/owner-role.ts';
import { startPostgres } from '../postgres/start-postgres.ts';
import { startSecrets } from '../secrets/server.ts';
import { databaseName, databaseSecrets, localSecrets, migrationEnvironment } from './function-environment.ts';
import type { Lifetime } from './lifetime.ts';

export type Database = {
  readonly dataApi: string;
  /** Secrets Manager, with the logins to the database and the functions' signing keys. */
  readonly secrets: string;
  /** postgres://… of the database that the functions use, as its owner, which is no superuser. */
  readonly url: string;
  readonly processId: number;
};

/** PostgreSQL with an empty database, and the Data API before it, which connects as the secret of a call says. */
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
  const owner = await createOwner(admin);
  await admin.query(`CREATE DATABASE ${databaseName} OWNER ${owner.user}`);
  await admin.end();

  const logins = new Map([
    [databaseSecrets.owner, owner],
    [databaseSecrets.application, { user: APPLICATION, password: newPassword() }],
  ]);
  const dataApi = await startDataApi({ postgres: { host, port, ...owner }, logins });
  parts.defer(() => dataApi.stop());
  const secrets = await startSecrets({ secrets: { ...localSecrets(), ...documentsOf(logins) } });
  parts.defer(() => secrets.stop());
  const url = `postgres://${owner.user}:${encodeURIComponent(owner.password)}@${host}:${port}/${databaseName}`;
  return { dataApi: dataApi.url, secrets: secrets.url, url, processId };
}

/**
 * Migrates with the same command as on AWS.
 *
 * @throws with what the command printed, when it fails
 */
export async function migrateDatabase(database: Pick<Database, 'dataApi' | 'secrets'>): Promise<void> {
  const env = { ...loopbackEnvironment(), ...migrationEnvironment(database) };
  await promisify(execFile)(process.execPath, [inCheckout('infra/migrate.ts')], { cwd: checkout, env });
}
