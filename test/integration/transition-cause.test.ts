import { describe, expect, it } from 'vitest';
import { makeWorkspace, rowOf, transition } from '../support/registry.ts';
import { sql, sqlState } from '../support/sql.ts';

describe('invariant 3: a transition, its event and what it owes commit together or not at all', () => {
  it('an event that cannot be written takes the status change back', async () => {
    const { id } = await makeWorkspace();
    await sql(`ALTER TABLE workspace_events ADD CONSTRAINT refused CHECK (actor <> 'unlucky')`);
    const change = sql(
      `UPDATE workspaces SET status = 'offline', cause = '{"event": "instance_gone", "reason": "test",
         "actor": "unlucky", "owes": "launch"}' WHERE id = :id::uuid`,
      { id },
    );
    expect(await sqlState(change)).toBe('23514');
    expect(await rowOf(id)).toMatchObject({ status: 'provisioning', ec2_op: null });
    await sql('ALTER TABLE workspace_events DROP CONSTRAINT refused');
  });

  it('without its cause is refused', async () => {
    const { id } = await makeWorkspace();
    expect(await sqlState(sql(`UPDATE workspaces SET status = 'online' WHERE id = :id::uuid`, { id }))).toBe('MU002');
  });

  it.each(['event', 'reason', 'actor'])('whose cause lacks its %s is refused', async (part) => {
    const { id } = await makeWorkspace();
    const cause = JSON.stringify({ event: 'register', reason: 'test', actor: 'test', [part]: undefined });
    const change = sql(`UPDATE workspaces SET status = 'online', cause = :cause::jsonb WHERE id = :id::uuid`, {
      id,
      cause,
    });
    expect(await sqlState(change)).toBe('MU002');
  });

  it('with the cause of an earlier one is refused, since no cause can be left behind', async () => {
    const { id } = await makeWorkspace();
    const cause = JSON.stringify({ event: 'register', reason: 'test', actor: 'test' });
    expect(await sqlState(sql('UPDATE workspaces SET cause = :cause::jsonb WHERE id = :id::uuid', { id, cause }))).toBe(
      'MU001',
    );
    await transition(id, 'register', 'online');
    const [row] = await sql('SELECT cause IS NULL AS taken FROM workspaces WHERE id = :id::uuid', { id });
    expect(row).toEqual({ taken: true });
    expect(await sqlState(sql(`UPDATE workspaces SET status = 'degraded' WHERE id = :id::uuid`, { id }))).toBe('MU002');
  });

  it('cannot begin with a cause, or as anything but provisioning', async () => {
    const insert = (status: string, cause: string | null) =>
      sql(
        `INSERT INTO workspaces (id, name, runtime, status, cause, created_by, restart_policy)
         VALUES (gen_random_uuid(), 'n', 'r', :status::workspace_status, :cause::jsonb, '{"actor":"test"}', 'never')`,
        { status, cause },
      );
    expect(await sqlState(insert('provisioning', '{"event":"register"}'))).toBe('23514');
    expect(await sqlState(insert('online', null))).toBe('MU003');
    expect(await sqlState(insert('provisioning', null))).toBeUndefined();
  });

  it.each([
    [0, '-infinity', 0, 0],
    [0, '1 hour', 3600, 3600],
    [1, '-infinity', 24, 36],
    [2, '-infinity', 48, 72],
    [5, '-infinity', 384, 576],
    [9, '-infinity', 720, 1080],
  ])('owes after %i attempts, with answers that settle in %s, in %i to %i s', async (attempts, settles, from, to) => {
    const { id } = await makeWorkspace();
    await sql(
      `UPDATE workspaces SET ec2_attempts = :attempts::integer, ec2_settles_at = CASE WHEN :settles::text = '-infinity'
         THEN timestamptz '-infinity' ELSE now() + CAST(:settles::text AS interval) END WHERE id = :id::uuid`,
      { id, attempts, settles },
    );
    await transition(id, 'instance_gone', 'offline', 'launch');
    const [row] = await sql(
      `SELECT extract(epoch FROM ec2_next_at - status_since)::double precision AS wait FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    expect(row?.['wait']).toBeGreaterThanOrEqual(from - 1);
    expect(row?.['wait']).toBeLessThanOrEqual(to + 0.1);
  });

  it('stamps the row, clears what absence had gathered, and writes evidence, actor and request id', async () => {
    const { id, instanceId } = await makeWorkspace();
    await sql(
      `UPDATE workspaces SET status_since = '2020-01-01', absent_since = now(), absent_seen = 2, absent_cycle = 7
       WHERE id = :id::uuid`,
      { id },
    );
    await sql(
      `UPDATE workspaces SET status = 'offline', cause = jsonb_build_object('event', 'instance_gone',
         'reason', 'instance_terminated', 'evidence', jsonb_build_object('ec2_state', 'terminated'), 'actor', 'sweep',
         'request_id', 'r-1', 'owes', 'launch') WHERE id = :id::uuid`,
      { id },
    );
    const [row] = await sql(
      `SELECT status_since > now() - interval '1 minute' AS stamped, status_reason, absent_since IS NULL AS since,
         absent_seen, absent_cycle IS NULL AS cycle, ec2_op::text,
         ec2_next_at BETWEEN status_since + interval '24 seconds' AND status_since + interval '36 seconds' AS backed_off
       FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({
      stamped: true,
      status_reason: 'instance_terminated',
      since: true,
      absent_seen: 0,
      cycle: true,
      ec2_op: 'launch',
      backed_off: true,
    });
    const [event] = await sql(
      `SELECT event, from_status::text, to_status::text, reason, evidence ->> 'ec2_state' AS ec2_state, actor, request_id,
         owes::text, generation, instance_id FROM workspace_events WHERE workspace_id = :id::uuid ORDER BY id DESC LIMIT 1`,
      { id },
    );
    expect(event).toEqual({
      event: 'instance_gone',
      from_status: 'provisioning',
      to_status: 'offline',
      reason: 'instance_terminated',
      ec2_state: 'terminated',
      actor: 'sweep',
      request_id: 'r-1',
      owes: 'launch',
      generation: 1,
      instance_id: instanceId,
    });
  });

  it.each([
    ['register', 'online'],
    ['beat_healthy', 'online'],
    ['beat_unhealthy', 'degraded'],
    ['budget_spent', 'failed'],
  ] as const)('by %s clears what was owed', async (event, to) => {
    const { id } = await makeWorkspace();
    await transition(id, 'instance_gone', 'offline', 'launch');
    await transition(id, event, to);
    expect((await rowOf(id))?.['ec2_op']).toBeNull();
  });
});
