import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Database } from '../../lib/adapters/rds-data/database.ts';
import { DEADLOCK, sqlErrorIn } from '../../lib/adapters/rds-data/errors.ts';
import { statement } from '../../lib/adapters/rds-data/statement.ts';
import { ensureEventPartitions } from '../../lib/adapters/rds-data/statements/ensure-event-partitions.ts';
import { TRANSITIONS } from '../../lib/domain/status.ts';
import type { MigrationFile } from './files.ts';
import type { Transactions } from './transactions.ts';

/** The advisory lock that one migration run holds at a time: the bytes of "muster". */
const LOCK = 120_351_215_609_202;
const LOCK_PAUSE_MS = 500;
/** Longer than the three minutes for which the Data API keeps the transaction, and so the lock, of a run that was killed. */
const LOCK_TRIES = 400;

const nothing = z.unknown();
const plain = (sql: string) => statement({ sql, bind: () => ({}), row: nothing });

const tryLock = statement({
  sql: 'SELECT pg_try_advisory_xact_lock(:lock::bigint) AS locked',
  bind: ({ lock }: { lock: number }) => ({ lock }),
  row: z.object({ locked: z.boolean() }),
});

/**
 * What a migration waits for, every beat would wait for behind it: it gives way, and tries again. What it has locked they
 * would wait for until the Data API ends the transaction of a run that was killed, three minutes later: PostgreSQL is to.
 */
const boundLocks = plain(
  `SELECT set_config('lock_timeout', '1s', true), set_config('idle_in_transaction_session_timeout', '20s', true)`,
);
/** Lost races for locks: the transaction is taken back whole, so the file can begin again. */
const LOST_RACES: readonly (string | undefined)[] = [DEADLOCK, '55P03'];

const createLedger = plain(`
CREATE TABLE IF NOT EXISTS schema_migrations (
  kind text NOT NULL, name text NOT NULL, sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (kind, name)
)`);

const readMigrationNames = statement({
  sql: `SELECT name FROM schema_migrations WHERE kind = 'migration' ORDER BY name`,
  bind: () => ({}),
  row: z.object({ name: z.string() }),
});

const readLedger = statement({
  sql: 'SELECT sha256 FROM schema_migrations WHERE kind = :kind::text AND name = :name::text',
  bind: ({ kind, name }: MigrationFile) => ({ kind, name }),
  row: z.object({ sha256: z.string() }),
});

const writeLedger = statement({
  sql: `
INSERT INTO schema_migrations (kind, name, sha256) VALUES (:kind::text, :name::text, :sha256::text)
ON CONFLICT (kind, name) DO UPDATE SET sha256 = EXCLUDED.sha256, applied_at = clock_timestamp()`,
  bind: ({ kind, name, sha256 }: MigrationFile) => ({ kind, name, sha256 }),
  row: nothing,
});

/**
 * A pair that the file no longer has stays for one more release: code of the release before may still use it. It is
 * marked with the digest of the table that first lacks it, and goes when a table with another digest comes.
 */
const fillTransitions = statement({
  sql: `
WITH input AS (
  SELECT * FROM jsonb_to_recordset(:transitions::jsonb)
    AS t(event text, "from" workspace_status, "to" workspace_status, "wantsReconcile" boolean, owes jsonb)
), kept AS (
  INSERT INTO status_transitions (event, from_status, to_status, wants_reconcile, owes)
  SELECT i.event, i."from", i."to", i."wantsReconcile",
         ARRAY(SELECT jsonb_array_elements_text(i.owes)::ec2_operation)
  FROM input i
  ON CONFLICT (event, from_status, to_status) DO UPDATE SET
    wants_reconcile = EXCLUDED.wants_reconcile, owes = EXCLUDED.owes, retired_by = NULL
), dropped AS (
  DELETE FROM status_transitions s WHERE s.retired_by <> :digest::text AND NOT EXISTS (
    SELECT 1 FROM input i WHERE i.event = s.event AND i."to" = s.to_status AND i."from" IS NOT DISTINCT FROM s.from_status)
)
UPDATE status_transitions s SET retired_by = :digest::text
WHERE s.retired_by IS NULL AND NOT EXISTS (
  SELECT 1 FROM input i WHERE i.event = s.event AND i."to" = s.to_status AND i."from" IS NOT DISTINCT FROM s.from_status)`,
  bind: (transitions: string) => ({ transitions, digest: createHash('sha256').update(transitions).digest('hex') }),
  row: nothing,
});

/**
 * A temporary table would stand before the one of its name, also in what the triggers read and write. Right of the
 * database itself, which no dump carries, so every run takes it away.
 */
const refuseTemporaryTables = plain(`
DO $$ BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$`);

type Applied = { readonly applied: readonly string[] };

/**
 * Brings a database to the level of the files: each file in a transaction of its own, under a lock that two runs at
 * once share in turn; then the status table and the event partitions.
 * @returns the names of the files that this run applied
 * @throws Error when an applied migration was changed since, is missing, or a new one comes before it
 */
export async function applyMigrations(
  database: Database,
  transactions: Transactions,
  files: readonly MigrationFile[],
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<Applied> {
  const locked = lockedBy(database, transactions, wait);
  const applied: string[] = [];
  await locked(async (id) => {
    await database.run(createLedger, undefined, id);
    refuseDisorder(await database.run(readMigrationNames, undefined, id), files);
  });
  for (const file of files) {
    const isNew = await locked((id) => applyFile(database, file, id));
    if (isNew) applied.push(file.name);
  }
  await locked(async (id) => {
    await database.run(fillTransitions, JSON.stringify(TRANSITIONS), id);
    await database.run(ensureEventPartitions, {}, id);
    await database.run(refuseTemporaryTables, undefined, id);
  });
  return { applied };
}

/**
 * A migration that comes in before one that is applied would run after it here and before it elsewhere, and one whose
 * file is gone cannot be held against what was applied. Newer ones, of code that was rolled back, may be there.
 */
function refuseDisorder(ledger: readonly { name: string }[], files: readonly MigrationFile[]): void {
  const known = new Set(ledger.map(({ name }) => name));
  const names = files.filter(({ kind }) => kind === 'migration').map(({ name }) => name);
  const newest = names.filter((name) => known.has(name)).at(-1) ?? '';
  const late = names.find((name) => name < newest && !known.has(name));
  if (late !== undefined) throw new Error(`${late} comes before ${newest}, which is applied: give it a later number`);
  const last = names.at(-1) ?? '';
  const lost = ledger.find(({ name }) => name < last && !names.includes(name));
  if (lost !== undefined) throw new Error(`${lost.name} is applied, but its file is gone: put it back`);
}

async function applyFile(database: Database, file: MigrationFile, transactionId: string): Promise<boolean> {
  const [known] = await database.run(readLedger, file, transactionId);
  if (known?.sha256 === file.sha256) return false;
  if (known !== undefined && file.kind === 'migration') {
    throw new Error(`${file.name} was changed after it was applied: put it back, and write a new migration`);
  }
  for (const sql of file.statements) await database.run(plain(sql), undefined, transactionId);
  await database.run(writeLedger, file, transactionId);
  return true;
}

/** Runs `work` in a transaction that holds the lock. The lock is polled: waiting for it could outlast a statement. */
function lockedBy(database: Database, transactions: Transactions, wait: (ms: number) => Promise<unknown>) {
  return async <Result>(work: (transactionId: string) => Promise<Result>): Promise<Result> => {
    const attempt = async (id: string) => {
      const [lock] = await database.run(tryLock, { lock: LOCK }, id);
      if (!lock?.locked) return undefined;
      await database.run(boundLocks, undefined, id);
      return { result: await work(id) };
    };
    let cause: unknown;
    for (let tries = 1; tries <= LOCK_TRIES; tries += 1) {
      const outcome = await transactions.within(attempt).catch((error: unknown) => {
        if (!(error instanceof Error && LOST_RACES.includes(sqlErrorIn(error.cause)?.sqlState))) throw error;
        cause = error;
        return undefined;
      });
      if (outcome !== undefined) return outcome.result;
      await wait(LOCK_PAUSE_MS);
    }
    if (cause !== undefined) throw new Error('a table was in use for more than three minutes', { cause });
    throw new Error('another migration run has held the lock for more than three minutes');
  };
}
