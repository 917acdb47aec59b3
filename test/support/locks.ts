import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { transactions } from './database.ts';
import { shared } from './shared.ts';

const TRIES = 300;
const PAUSE_MS = 10;

/** Connections past the Data API, for the test file that calls this: what one of them holds, it holds until told. */
export function useConnections() {
  const connect = () => new pg.Client({ ...shared.now.postgres, database: shared.now.databaseName });
  const other = connect();
  const watcher = connect();
  beforeAll(async () => {
    await other.connect();
    await watcher.connect();
  });
  afterAll(async () => {
    await other.end();
    await watcher.end();
  });

  /** Waits until so many statements of this database wait for a lock. */
  const untilBlocked = async (atLeast = 1): Promise<void> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { rows } = await watcher.query(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      if (rows[0].waiting >= atLeast) return;
      await pause(PAUSE_MS);
    }
    throw new Error('nothing came to wait for the lock');
  };
  /** Begins `late` while what `first` did is not committed; answers what came of `late` after the commit. */
  const behind = async <Late>(first: (transactionId: string) => Promise<unknown>, late: () => Promise<Late>) => {
    // Wrapped, since a promise that is returned bare would be waited for before the commit.
    const { waiting } = await transactions.within(async (id) => {
      await first(id);
      const begun = late();
      await untilBlocked();
      return { waiting: begun };
    });
    return waiting;
  };
  return { other, watcher, untilBlocked, behind };
}
