import { beforeEach, describe, expect, it } from 'vitest';
import { handler as livenessHandler } from '../../functions/liveness/index.ts';
import { StoreUnavailable } from '../../lib/domain/errors.ts';
import { lambdaContext } from '../support/events.ts';
import { eventsOf, makeWorkspace, rowOf, SEO_ALL, store, transition } from '../support/registry.ts';
import { heartbeat } from '../support/runtime.ts';
import { sql } from '../support/sql.ts';
import { livenessWith } from './liveness/aged.ts';

const liveness = () => livenessHandler({ 'detail-type': 'Scheduled Event' }, lambdaContext());

/** An online workspace that last beat so long ago, with a lease of 90 seconds. */
const silentFor = async (seconds: number, options: Parameters<typeof makeWorkspace>[0] = {}) => {
  const made = await makeWorkspace({ status: 'online', ...options });
  await sql(
    `UPDATE heartbeats SET lease_seconds = 90, last_heartbeat_at = now() - make_interval(secs => :s::integer),
       lease_until = now() - make_interval(secs => :s::integer - 90) WHERE workspace_id = :id::uuid`,
    { id: made.id, s: seconds },
  );
  return made;
};

const inStatusFor = (id: string, seconds: number) =>
  sql('UPDATE workspaces SET status_since = now() - make_interval(secs => :s::integer) WHERE id = :id::uuid', {
    id,
    s: seconds,
  });

beforeEach(async () => {
  await sql(`UPDATE heartbeats SET lease_until = 'infinity'`);
  await sql(`UPDATE sweep_state SET grace_until = '-infinity'`);
});

describe('an expired lease', () => {
  it('makes an online workspace degraded, with the silence as evidence', async () => {
    const made = await silentFor(100);
    expect(await liveness()).toMatchObject({ degraded: 1, offline: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'degraded', status_reason: 'lease_expired', ec2_op: null });
    const last = (await eventsOf(made.id)).at(-1);
    expect(last).toMatchObject({ event: 'lease_expired', actor: 'liveness' });
    expect(JSON.parse(String(last?.['evidence']))).toMatchObject({
      lease_seconds: 90,
      last_heartbeat_at: expect.any(String),
    });
  });

  it('is not expired while it lasts', async () => {
    const made = await silentFor(80);
    expect(await liveness()).toMatchObject({ degraded: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it.each([
    ['after a second full lease of silence and in degraded', 200, 100, 'offline'],
    ['not before the second lease of silence is over', 170, 100, 'degraded'],
    ['not before a full lease in degraded, however long the silence', 4000, 50, 'degraded'],
  ] as const)('takes a degraded one offline %s', async (_, silence, degradedFor, expected) => {
    const made = await silentFor(silence, { status: 'degraded' });
    await inStatusFor(made.id, degradedFor);
    await liveness();
    expect(await rowOf(made.id)).toMatchObject({ status: expected, ec2_op: null });
  });

  it.each(['provisioning', 'offline', 'paused', 'hibernated', 'failed', 'removed'] as const)(
    'changes nothing of a workspace that is %s',
    async (status) => {
      const made = await silentFor(4000, { status });
      await inStatusFor(made.id, 4000);
      await liveness();
      expect(await rowOf(made.id)).toMatchObject({ status });
    },
  );

  it('owes a reboot, then a launch, only where the policy is on_silence', async () => {
    const made = await silentFor(4000, { restartPolicy: 'on_silence' });
    await liveness();
    expect(await rowOf(made.id)).toMatchObject({ status: 'degraded', ec2_op: 'reboot' });
    await inStatusFor(made.id, 100);
    await liveness();
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: 'launch' });
  });

  it('waits while the grace after our own outage lasts (invariant 13: our own outage is not theirs)', async () => {
    const made = await silentFor(4000);
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
    expect(await liveness()).toMatchObject({ degraded: 0 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('is healed by the next beat', async () => {
    const made = await silentFor(100);
    await liveness();
    await heartbeat(await made.token('runtime'), made.id);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('is found for more workspaces than one statement takes', async () => {
    await sql(
      `INSERT INTO workspaces (id, name, runtime, restart_policy, created_by)
       SELECT gen_random_uuid(), 'many', 'r', 'never', '{"actor": "test"}' FROM generate_series(1, 1200)`,
    );
    await sql(
      `UPDATE workspaces SET status = 'online', cause = '{"event": "register", "reason": "t", "actor": "t"}'
       WHERE name = 'many'`,
    );
    await sql(`UPDATE heartbeats SET lease_until = now() - interval '10 seconds'
       WHERE workspace_id IN (SELECT id FROM workspaces WHERE name = 'many')`);
    expect(await livenessWith({})).toMatchObject({ degraded: 1200 });
  });
});

describe('invariant 13: our own outage is not theirs', () => {
  const lastRun = (ago: string | null) =>
    sql(`UPDATE sweep_state SET liveness_at = clock_timestamp() - :ago::text::interval`, { ago });
  const graced = async () => {
    const [row] = await sql(`SELECT grace_until > clock_timestamp() + interval '4 minutes' AS graced FROM sweep_state`);
    return row?.['graced'];
  };

  it('a run of ours that is missing gives grace: nothing is degraded by this run', async () => {
    const made = await silentFor(4000);
    await lastRun('91 seconds');
    expect(await liveness()).toMatchObject({ in_grace: true, degraded: 0 });
    expect(await graced()).toBe(true);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it.each([
    ['the very first run', null],
    ['a run in time', '85 seconds'],
  ])('%s gives none', async (_, ago) => {
    const made = await silentFor(4000);
    await lastRun(ago);
    expect(await liveness()).toMatchObject({ in_grace: false, degraded: 1 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'degraded' });
  });

  it('a step that always fails does not give grace for ever: who is silent is found all the same', async () => {
    const failing = { ...store, hibernateIdle: () => Promise.reject(new StoreUnavailable('down')) };
    const runs = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await sql(
          `UPDATE sweep_state SET liveness_at = liveness_at - interval '1 minute',
             grace_until = grace_until - interval '1 minute'`,
        );
        await expect(livenessWith({ store: failing })).rejects.toThrow('down');
      }
    };
    await runs(10);
    const made = await silentFor(4000);
    await runs(10);
    expect(await rowOf(made.id)).not.toMatchObject({ status: 'online' });
  });
});

describe('a run of liveness', () => {
  it('makes the partition of the events three months ahead, once it is missing', async () => {
    const [row] = await sql(
      `SELECT 'workspace_events_' || to_char((now() AT TIME ZONE 'UTC') + interval '3 months', 'YYYY_MM') AS name`,
    );
    const name = String(row?.['name']);
    await sql(`DROP TABLE ${name}`);
    await liveness();
    expect(await sql('SELECT to_regclass(:name::text)::text AS made', { name })).toEqual([{ made: name }]);
  });

  it('notes the fleet that the pace is computed from', async () => {
    await liveness();
    const [row] = await sql(
      `SELECT fleet_size = (SELECT count(*) FROM workspaces WHERE status IN ('online', 'degraded')) AS right,
         liveness_at > now() - interval '1 minute' AS noted FROM sweep_state`,
    );
    expect(row).toEqual({ right: true, noted: true });
  });

  it('notes how many wait for a plan, which their fast pace is computed from, and only those that beat quickly', async () => {
    const waiting = async () => {
      await liveness();
      return Number((await sql('SELECT waiting_size FROM sweep_state'))[0]?.['waiting_size']);
    };
    const before = await waiting();
    const declared = { declaration: SEO_ALL, status: 'online' } as const;
    const made = await Promise.all([makeWorkspace(declared), makeWorkspace(declared), makeWorkspace(declared)]);
    // Others owe nothing, wait for no declaration, or are not heard.
    await makeWorkspace({ status: 'online' });
    await makeWorkspace({ declaration: SEO_ALL });
    await sql(`UPDATE heartbeats SET lease_until = 'infinity'`);
    expect(await waiting()).toBe(before + 3);
    const longAgo = `reconcile_since = now() - interval '3 minutes'`;
    await sql(`UPDATE workspaces SET ${longAgo} WHERE id IN (:a::uuid, :b::uuid)`, {
      a: made[0].id,
      b: made[1].id,
    });
    expect(await waiting()).toBe(before + 1);
    await sql(
      `INSERT INTO plans (workspace_id, plan_id, generation, declaration_version, actions, handed_at)
       VALUES (:id::uuid, 'p', 1, 1, '[]', now())`,
      { id: made[0].id },
    );
    expect(await waiting()).toBe(before + 2);
    await sql('UPDATE workspaces SET reconcile_done = reconcile_wanted WHERE id = :id::uuid', { id: made[2].id });
    expect(await waiting()).toBe(before + 1);
    await transition(made[0].id, 'pause', 'paused');
    expect(await waiting()).toBe(before);
  });
});
