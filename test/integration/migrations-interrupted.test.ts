import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { applyMigrations } from '../../infra/migrations/apply.ts';
import { type MigrationFile, readMigrationFiles } from '../../infra/migrations/files.ts';
import { createTransactions, type Transactions } from '../../infra/migrations/transactions.ts';
import { createDataApiClient, type Database } from '../../lib/adapters/rds-data/database.ts';
import { databaseConfig, ownersDatabase } from '../support/database.ts';
import { useConnections } from '../support/locks.ts';
import { CLUSTER_ARN, OWNER_SECRET_ARN, SECRET_ARN } from '../support/provided.ts';
import { makeWorkspace } from '../support/registry.ts';
import { sql } from '../support/sql.ts';

const { other, untilBlocked } = useConnections();
const applied = (await readMigrationFiles(join(import.meta.dirname, '../../infra/migrations'))).filter(
  ({ kind }) => kind === 'migration',
);
const asOwner = createTransactions(createDataApiClient(), { ...databaseConfig, secretArn: OWNER_SECRET_ARN });

it('a migration run outlasts the transaction of one that was killed, which lives for three minutes', async () => {
  let waited = 0;
  const isHeld = () => waited < 185_000;
  const wait = async (ms: number) => {
    waited += ms;
  };
  const database: Database = {
    run: async (...call) => (isHeld() ? [] : ownersDatabase.run(...call)),
  };
  const transactions: Transactions = { within: (work) => (isHeld() ? work('') : asOwner.within(work)) };
  await expect(applyMigrations(database, transactions, [], wait)).resolves.toEqual({ applied: [] });
});

it('a migration gives way to the beats when it has to wait for a table, and is applied once it can be', async () => {
  const { id } = await makeWorkspace();
  await other.query('BEGIN');
  await other.query('SELECT FROM heartbeats LIMIT 1');
  const file: MigrationFile = {
    kind: 'migration',
    name: '9999_later',
    sha256: '0',
    statements: ['ALTER TABLE heartbeats ADD COLUMN later integer'],
    keepsOldCode: true,
  };
  const run = applyMigrations(ownersDatabase, asOwner, [...applied, file]);
  await untilBlocked();
  await sql('UPDATE heartbeats SET error_rate = 0 WHERE workspace_id = :id::uuid', { id });
  await other.query('ROLLBACK');
  expect(await run).toEqual({ applied: ['9999_later'] });
});

it('a migration run that is killed in the middle keeps no table from the beats for longer than some seconds', async () => {
  const kept = `CREATE TABLE bounds AS SELECT current_setting('idle_in_transaction_session_timeout') AS idle`;
  const file = { kind: 'migration', name: '9999_latest', sha256: '0', statements: [kept], keepsOldCode: true } as const;
  const later = { ...file, name: '9999_later' };
  await applyMigrations(ownersDatabase, asOwner, [...applied, later, file]);
  expect(await sql('SELECT idle FROM bounds')).toEqual([{ idle: '20s' }]);
});

it('a migration run that is asked to end leaves no transaction open', async () => {
  await other.query('BEGIN');
  await other.query('LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE');
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../infra/migrate.ts')], {
    env: {
      ...process.env,
      DATABASE_CLUSTER_ARN: CLUSTER_ARN,
      DATABASE_OWNER_SECRET_ARN: OWNER_SECRET_ARN,
      DATABASE_APPLICATION_SECRET_ARN: SECRET_ARN,
      DATABASE_NAME: databaseConfig.name,
    },
  });
  await untilBlocked();
  child.kill('SIGINT');
  await once(child.stderr, 'data');
  await other.query('ROLLBACK');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
