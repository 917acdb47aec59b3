import { afterAll, describe, expect, it } from 'vitest';
import { WorkspaceHibernated } from '../../../lib/domain/errors.ts';
import { dropPool } from '../../support/database.ts';
import { makeFleet } from '../../support/fleet.ts';
import { useConnections } from '../../support/locks.ts';
import { store } from '../../support/registry.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';
import { BATCH } from './aged.ts';

const BESIDE_MS = 1_500;

const { watcher } = useConnections();

/** A setting is for new sessions only, so the pool is emptied after it. */
const forAllSessions = async (setting: string) => {
  await sql(`ALTER DATABASE ${shared.now.databaseName} ${setting}`);
  await dropPool();
};

/** What PostgreSQL has told of deadlocks ever; a session tells its own when it ends. */
const deadlocks = async (): Promise<number> => {
  await dropPool();
  const sessions = `SELECT count(*)::integer AS n FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'data-api'`;
  await expect.poll(async () => (await watcher.query(sessions)).rows[0].n, { timeout: 10_000 }).toBe(0);
  const { rows } = await watcher.query(
    'SELECT deadlocks::integer AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0].n;
};

/** Lets boots and tasks grow old in some rows, and wakes what hibernates; in the lock order. */
const age = () =>
  sql(
    `WITH beats AS (
       SELECT workspace_id FROM heartbeats WHERE random() < 0.5 ORDER BY workspace_id FOR NO KEY UPDATE
     ), found AS (
       SELECT w.id, w.status = 'hibernated' AS sleeps FROM workspaces w JOIN beats b ON b.workspace_id = w.id
       ORDER BY w.id FOR NO KEY UPDATE OF w
     ), rested AS (
       UPDATE heartbeats h SET active_tasks = 0, busy_at = '-infinity', lease_until = now() + interval '1 minute'
       FROM found f WHERE h.workspace_id = f.id
     )
     UPDATE workspaces w SET
       status = CASE WHEN sleeps THEN 'provisioning' ELSE w.status END,
       cause = CASE WHEN sleeps THEN '{"event": "wake", "reason": "test", "actor": "test"}'::jsonb END,
       idle_minutes = 30, ec2_attempts = 1,
       status_since = now() - interval '1 day', boot_asked_at = now() - interval '1 day'
     FROM found f WHERE w.id = f.id
     RETURNING w.id`,
  );

const unlessHibernated = (voice: () => Promise<number>) => async () => {
  try {
    return await voice();
  } catch (error) {
    if (error instanceof WorkspaceHibernated) return 0;
    throw error;
  }
};

afterAll(() => forAllSessions('RESET enable_hashjoin'));

describe('what liveness does, all at once and beside beats, registers and flips', () => {
  it.each([
    ['as planned', 'RESET enable_hashjoin'],
    ['with hash joins off', 'SET enable_hashjoin = off'],
  ])('never deadlocks: %s', async (_, setting) => {
    await forAllSessions(setting);
    const fleet = await makeFleet(60);
    const before = await deadlocks();
    const boots = { ...BATCH, limit: 20, maxAttempts: 5 };
    const acts = [
      async () => (await store.expireBoots(boots)).length,
      async () => (await store.hibernateIdle({ ...BATCH, limit: 20 })).length,
      async () => (await store.resetAttempts({ limit: 20, healthySeconds: 600 })).length,
      async () => (await age()).length,
      fleet.expired,
      fleet.stopped,
      fleet.revived,
      unlessHibernated(fleet.beats),
      unlessHibernated(fleet.beats),
      unlessHibernated(fleet.registers),
    ].map((act) => ({ act, written: 0 }));
    const until = Date.now() + BESIDE_MS;
    /** A busy machine gets more time, so that each of them has written something beside the others. */
    const goesOn = () =>
      Date.now() < until || (Date.now() < until + 10_000 && acts.some(({ written }) => written === 0));
    await Promise.all(
      acts.map(async (one) => {
        while (goesOn()) {
          const rows = await one.act();
          one.written += rows;
        }
      }),
    );
    expect(await deadlocks()).toBe(before);
    expect(acts.filter(({ written }) => written === 0)).toEqual([]);
  });
});
