import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { shared } from '../../support/shared.ts';

/** A connection of its own: its transaction stays open as long as the test wants. */
const other = new pg.Client({ ...shared.now.postgres, database: shared.now.databaseName });

beforeAll(async () => {
  await other.connect();
});

afterAll(async () => {
  await other.end();
});

/** Waits until so many statements wait for a lock. */
const untilBlocked = async (atLeast = 1) => {
  for (let tries = 0; tries < 1_000; tries += 1) {
    // Inside a transaction the first look would be kept for all later ones.
    await other.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await other.query(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    if (rows[0].waiting >= atLeast) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nothing came to wait for the lock');
};

describe('invariant 8: what an older generation says changes nothing, also in the middle of its call', () => {
  it('the generation is raised while a beat of the old one is on its way: 401, nothing written', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await other.query('BEGIN');
    await other.query('UPDATE heartbeats SET generation = 2 WHERE workspace_id = $1', [made.id]);
    await other.query('UPDATE workspaces SET generation = 2 WHERE id = $1', [made.id]);
    const late = heartbeat(token, made.id, { error_rate: 0.9 });
    await untilBlocked();
    await other.query('COMMIT');
    expect((await late).status).toBe(401);
    expect(await rowOf(made.id)).toMatchObject({
      status: 'online',
      last_heartbeat_at: '-infinity',
      bootstrap_open: true,
    });
  });

  it('a beat is first and the generation is raised after it: the beat counts, the next is 401', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    expect((await heartbeat(token, made.id)).status).toBe(200);
    await other.query('UPDATE heartbeats SET generation = 2 WHERE workspace_id = $1', [made.id]);
    expect((await heartbeat(token, made.id)).status).toBe(401);
  });
});

describe('a beat and a flip for silence at the same time', () => {
  it('a beat commits while a flip for silence waits: no flip', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await other.query(
      `UPDATE heartbeats SET lease_until = now() - interval '1 hour', last_heartbeat_at = now() - interval '2 hours'
       WHERE workspace_id = $1`,
      [made.id],
    );
    await other.query('BEGIN');
    await other.query(
      `UPDATE heartbeats SET last_heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + interval '90 s'
       WHERE workspace_id = $1`,
      [made.id],
    );
    const flip = store.expireLeases({ limit: 1000, actor: 'liveness', requestId: 'r' });
    await untilBlocked();
    await other.query('COMMIT');
    expect((await flip).map(({ id }) => id)).not.toContain(made.id);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('a flip for silence commits while a beat waits: flipped, and healed by the beat', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [made.id]);
    await other.query(
      `UPDATE workspaces SET status = 'degraded', cause = '{"event": "lease_expired", "reason": "lease_expired",
         "actor": "liveness"}' WHERE id = $1`,
      [made.id],
    );
    const beat = heartbeat(token, made.id);
    await untilBlocked();
    await other.query('COMMIT');
    expect((await beat).body).toMatchObject({ workspace_status: 'online' });
    expect((await eventsOf(made.id)).map(({ to_status }) => to_status).slice(-2)).toEqual(['degraded', 'online']);
  });
});

describe("invariant 15: time is the database's, and what is written under a lock is as late as the lock", () => {
  it('a beat that waited for a lock is as young as its commit, not as its call', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [made.id]);
    const beat = heartbeat(token, made.id);
    await untilBlocked();
    const { rows } = await other.query('SELECT clock_timestamp() AS asked_at');
    await other.query('COMMIT');
    await beat;
    const { rows: after } = await other.query('SELECT last_heartbeat_at FROM heartbeats WHERE workspace_id = $1', [
      made.id,
    ]);
    expect(after[0].last_heartbeat_at.getTime()).toBeGreaterThanOrEqual(rows[0].asked_at.getTime());
  });
});

describe('two registers of one new boot at the same time', () => {
  it('are one new boot: the second sees what the first wrote', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1' });
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [made.id]);
    const both = [register(token, { id: made.id, boot_id: 'b2' }), register(token, { id: made.id, boot_id: 'b2' })];
    await untilBlocked(2);
    await other.query('COMMIT');
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await rowOf(made.id)).toMatchObject({ reconcile_wanted: 2, boot_id: 'b2' });
    expect((await eventsOf(made.id)).filter(({ event }) => event === 'new_boot')).toHaveLength(1);
  });
});

describe('invariant 4: of 200 racing registers and heartbeats of one workspace exactly one makes the transition', () => {
  it('one event and one reconcile request come of it', async () => {
    const made = await makeWorkspace({ declaration: SEO_ALL });
    const token = await made.token('runtime');
    shared.now.lambda.invocations.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        at % 2 === 0 ? register(token, { id: made.id, boot_id: 'b1' }) : heartbeat(token, made.id),
      ),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const transitions = (await eventsOf(made.id)).filter(({ to_status, from_status }) => to_status && from_status);
    expect(transitions).toHaveLength(1);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', reconcile_wanted: 1 });
    expect(shared.now.lambda.invocations).toHaveLength(1);
  }, 60_000);
});
