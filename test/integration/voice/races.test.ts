import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { statement } from '../../../lib/adapters/rds-data/statement.ts';
import { expireLeases } from '../../../lib/adapters/rds-data/statements/expire-leases.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord } from '../../support/records.ts';
import { eventsOf, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { NOTHING_HELD } from '../../support/silence.ts';
import { sql } from '../../support/sql.ts';

const { other, untilBlocked, behind } = useConnections();

const EXPIRE = { ...NOTHING_HELD, limit: 1000, actor: 'liveness', requestId: 'r' };

/** What a launch of the next generation does to both tables. */
const raiseGeneration = statement({
  sql: `
WITH beats AS (
  UPDATE heartbeats SET generation = generation + 1, token_version = 1 WHERE workspace_id = :id::uuid
  RETURNING workspace_id
)
UPDATE workspaces w SET generation = w.generation + 1 FROM beats b WHERE w.id = b.workspace_id
RETURNING w.generation`,
  bind: (id: string) => ({ id }),
  row: z.object({ generation: z.int() }),
});

const silent = async () => {
  const made = await makeWorkspace({ status: 'online' });
  await sql(
    `UPDATE heartbeats SET lease_until = now() - interval '1 hour', last_heartbeat_at = now() - interval '2 hours'
     WHERE workspace_id = :id::uuid`,
    { id: made.id },
  );
  return made;
};

describe('invariant 8: what an older generation says changes nothing, also in the middle of its call', () => {
  it.each([
    ['beat', (token: string, id: string) => heartbeat(token, id, { error_rate: 0.9 })],
    ['register', (token: string, id: string) => register(token, { id, boot_id: 'late' })],
  ] as const)(
    'the generation is raised while a %s of the old one is on its way: 401, nothing written',
    async (_, voice) => {
      const made = await makeWorkspace({ status: 'offline' });
      const token = await made.token('runtime');
      const told = await eventsOf(made.id);
      const late = await behind(
        (id) => database.run(raiseGeneration, made.id, id),
        () => voice(token, made.id),
      );
      expect(late.status).toBe(401);
      expect(await rowOf(made.id)).toMatchObject({
        status: 'offline',
        generation: 2,
        token_version: 1,
        last_heartbeat_at: '-infinity',
        boot_id: null,
        bootstrap_open: true,
      });
      expect(await eventsOf(made.id)).toEqual(told);
    },
  );

  it('a beat is first and the generation is raised while it is open: the beat counts whole, the next is 401', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await behind(
      (id) => database.run(recordHeartbeat, beatRecord(made.id, { error_rate: 0.9 }), id),
      () => database.run(raiseGeneration, made.id),
    );
    const after = await rowOf(made.id);
    expect(after).toMatchObject({ status: 'degraded', status_reason: 'error_rate', generation: 2, token_version: 1 });
    expect(after?.['last_heartbeat_at']).not.toBe('-infinity');
    expect((await heartbeat(token, made.id)).status).toBe(401);
    expect(await rowOf(made.id)).toEqual(after);
  });
});

describe('invariant 7: paused stays so, also when the operator paused it in the middle of a call', () => {
  it.each([
    ['heartbeat', (token: string, id: string) => heartbeat(token, id)],
    ['register', (token: string, id: string) => register(token, { id, boot_id: 'late' })],
  ] as const)('a pause commits while a %s that would move the status waits: 409, nothing written', async (_, voice) => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await other.query('BEGIN');
    await other.query(
      `UPDATE workspaces SET status = 'paused', cause = '{"event": "pause", "reason": "t", "actor": "operator"}'
       WHERE id = $1`,
      [made.id],
    );
    const late = voice(token, made.id);
    await untilBlocked();
    await other.query('COMMIT');
    expect(await late).toMatchObject({ status: 409, body: { code: 'workspace_paused' } });
    expect(await rowOf(made.id)).toMatchObject({ status: 'paused', last_heartbeat_at: '-infinity', boot_id: null });
  });
});

describe('a beat and a flip for silence at the same time', () => {
  it('a beat commits while a flip for silence waits: no flip', async () => {
    const made = await silent();
    const flip = await behind(
      (id) => database.run(recordHeartbeat, beatRecord(made.id), id),
      () => store.expireLeases(EXPIRE),
    );
    expect(flip.map(({ id }) => id)).not.toContain(made.id);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('a flip for silence commits while a beat waits: flipped, and healed by the beat', async () => {
    const made = await silent();
    const token = await made.token('runtime');
    const beat = await behind(
      async (id) =>
        expect(await database.run(expireLeases, EXPIRE, id)).toContainEqual({
          id: made.id,
          status: 'degraded',
          owes: null,
        }),
      () => heartbeat(token, made.id),
    );
    expect(beat).toMatchObject({ status: 200, body: { workspace_status: 'online' } });
    expect((await eventsOf(made.id)).slice(-2)).toMatchObject([
      { event: 'lease_expired', to_status: 'degraded', actor: 'liveness' },
      { event: 'beat_healthy', to_status: 'online', actor: 'runtime' },
    ]);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });
});

describe("invariant 15: time is the database's, and what is written under a lock is as late as the lock", () => {
  it.each([
    ['beat', heartbeat],
    ['register', (token: string, id: string) => register(token, { id })],
  ] as const)('a %s that waited for a lock is as young as its commit, not as its call', async (_, voice) => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [made.id]);
    const beat = voice(token, made.id);
    await untilBlocked();
    // Beyond the 10 ms that the routine lets pass: a stamp a moment older than its commit.
    await pause(20);
    const { rows } = await other.query('SELECT clock_timestamp() AS asked_at');
    await other.query('COMMIT');
    await beat;
    const { rows: after } = await other.query(
      'SELECT last_heartbeat_at, lease_until, lease_seconds FROM heartbeats WHERE workspace_id = $1',
      [made.id],
    );
    const { last_heartbeat_at, lease_until, lease_seconds } = after[0];
    expect(last_heartbeat_at.getTime()).toBeGreaterThanOrEqual(rows[0].asked_at.getTime());
    expect(lease_until.getTime()).toBeGreaterThanOrEqual(rows[0].asked_at.getTime() + lease_seconds * 1000);
  });

  it('a transition is as young as its write, not as its transaction', async () => {
    const { id } = await makeWorkspace();
    await other.query('BEGIN');
    const [asked] = await sql('SELECT clock_timestamp()::text AS at');
    const cause = JSON.stringify({ event: 'register', reason: 't', actor: 't' });
    await other.query(`UPDATE workspaces SET status = 'online', cause = $2 WHERE id = $1`, [id, cause]);
    await other.query('COMMIT');
    const rows = await sql(
      `SELECT w.status_since > :at::timestamptz AND e.at > :at::timestamptz AS younger
       FROM workspaces w JOIN workspace_events e ON e.workspace_id = w.id
       WHERE w.id = :id::uuid AND e.event = 'register'`,
      { id, at: String(asked?.['at']) },
    );
    expect(rows).toEqual([{ younger: true }]);
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
