import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { beatPolicy, DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { useConnections } from '../../support/locks.ts';
import { eventsOf, makeWorkspace, rowOf } from '../../support/registry.ts';
import { heartbeat, reconcileOwed, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const { other, untilBlocked } = useConnections();

it('is what judge_beat calls healthy as well, whatever the workspace is, just below the threshold', async () => {
  const [judged] = await sql(
    `SELECT string_agg(DISTINCT judge_beat(status, reason, capabilities::jsonb, 0.0999, '', :policy::jsonb), ',') AS events,
       bool_and(judge_beat(status, reason, capabilities::jsonb, 0.0999, '', :policy::jsonb) IS NOT NULL) AS each
     FROM unnest(enum_range(NULL::workspace_status)) AS status,
       unnest(ARRAY['lease_expired', 'error_rate']) AS reason, unnest(ARRAY['[]', '["status_mgmt"]']) AS capabilities`,
    { policy: JSON.stringify(beatPolicy(DEFAULT_POLICY)) },
  );
  expect(judged).toEqual({ events: 'beat_healthy', each: true });
});

// Nearly every beat is answered from two statements; here each of what it may mean all the same comes alone, from a
// runtime that is owed nothing.
describe('a runtime that is online and owed nothing', () => {
  let id: string;
  let runtime: string;
  beforeEach(async () => {
    const made = await makeWorkspace();
    id = made.id;
    const registered = await register(await made.token('runtime'), { id, boot_id: 'b1', plugins: [] });
    runtime = String(registered.body.auth_token);
    await reconcileOwed();
    expect(await rowOf(id)).toMatchObject({ status: 'online', reconcile_wanted: 1, reconcile_done: 1 });
  });

  it('is answered without a change', async () => {
    const before = await eventsOf(id);
    const { status, body } = await heartbeat(runtime, id, { plugins: [], runtime_metadata: { capabilities: [] } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ok', workspace_status: 'online', generation: 1 });
    expect(body.plan).toBeUndefined();
    expect(await eventsOf(id)).toEqual(before);
  });

  it.each([{ error_rate: 0.5 }, { runtime_state: 'wedged' }])('is degraded by a beat with %o', async (beat) => {
    expect((await heartbeat(runtime, id, beat)).body.workspace_status).toBe('degraded');
  });

  it('is online again by a healthy beat after it was degraded', async () => {
    await heartbeat(runtime, id, { error_rate: 1 });
    expect((await heartbeat(runtime, id)).body.workspace_status).toBe('online');
  });

  it('has its new capabilities kept', async () => {
    await heartbeat(runtime, id, { runtime_metadata: { capabilities: ['status_mgmt'] } });
    const [row] = await sql('SELECT capabilities FROM workspaces WHERE id = :id::uuid', { id });
    expect(JSON.parse(String(row?.['capabilities']))).toEqual(['status_mgmt']);
    expect((await heartbeat(runtime, id, { error_rate: 1 })).body.workspace_status).toBe('online');
  });

  it('is owed a reconcile by a report that differs, and by no other', async () => {
    await heartbeat(runtime, id, { plugins: [] });
    expect(await rowOf(id)).toMatchObject({ reconcile_wanted: 1 });
    await heartbeat(runtime, id, { plugins: [{ name: 'seo-all', version: '1.0.0' }] });
    expect(await rowOf(id)).toMatchObject({ reconcile_wanted: 2 });
  });

  it('has its lease follow the pace, from the beat that finds it changed', async () => {
    await sql('UPDATE heartbeats SET lease_seconds = 7 WHERE workspace_id = :id::uuid', { id });
    await heartbeat(runtime, id);
    const [row] = await sql(
      `SELECT lease_seconds, extract(epoch FROM lease_until - last_heartbeat_at)::integer AS believed
       FROM heartbeats WHERE workspace_id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ lease_seconds: 180, believed: 180 });
  });

  it('is heard when its beat was written, not when it began to wait for the row', async () => {
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [id]);
    const beating = heartbeat(runtime, id);
    await untilBlocked();
    await pause(20);
    const { rows } = await other.query('SELECT clock_timestamp()::text AS held_until');
    await other.query('COMMIT');
    expect((await beating).status).toBe(200);
    const [row] = await sql(
      `SELECT last_heartbeat_at > :held_until::timestamptz AS later,
         extract(epoch FROM lease_until - last_heartbeat_at)::integer AS believed
       FROM heartbeats WHERE workspace_id = :id::uuid`,
      { id, held_until: rows[0].held_until },
    );
    expect(row).toEqual({ later: true, believed: 180 });
  });

  it.each(['paused', 'removed'])('is told that it is %s', async (status) => {
    const event = status === 'paused' ? 'pause' : 'remove';
    await sql(
      `UPDATE workspaces SET status = :status::workspace_status,
         cause = jsonb_build_object('event', :event::text, 'reason', 'test', 'actor', 'test') WHERE id = :id::uuid`,
      { id, status, event },
    );
    expect((await heartbeat(runtime, id)).status).toBe(status === 'paused' ? 409 : 410);
  });
});
