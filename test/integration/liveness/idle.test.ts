import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, rowOf, store } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { BATCH, forgetEarlier, liveness, resting } from './aged.ts';

const LONG_AGO = { busyMinutes: 600, statusMinutes: 600 } as const;
const EXTERNAL = { launch: null, restartPolicy: 'never' } as const;

beforeEach(forgetEarlier);

describe('a workspace that hibernates after 30 idle minutes', () => {
  it.each<readonly [busyMinutes: number | null, statusMinutes: number, expected: 'hibernated' | 'online', why: string]>(
    [
      [31, 600, 'hibernated', 'its last task ended longer ago'],
      [29, 600, 'online', 'its last task ended less long ago'],
      [600, 31, 'hibernated', 'it came online longer ago'],
      [600, 29, 'online', 'it came online less long ago'],
      [null, 31, 'hibernated', 'it came online longer ago, and never had a task'],
      [null, 29, 'online', 'it came online less long ago, and never had a task'],
    ],
  )('busy %s minutes ago, online for %i: %s, because %s', async (busyMinutes, statusMinutes, status) => {
    const { id } = await resting({ busyMinutes, statusMinutes });
    expect(await liveness()).toMatchObject({ hibernated: status === 'hibernated' ? 1 : 0 });
    expect(await rowOf(id)).toMatchObject({ status });
  });

  it('owes a stop, begins its attempts anew, and says how idle it was', async () => {
    const { id } = await resting(LONG_AGO);
    await sql('UPDATE workspaces SET ec2_attempts = 4 WHERE id = :id::uuid', { id });
    await liveness();
    const [row] = await sql(
      `SELECT status::text, ec2_op::text, ec2_attempts, ec2_next_at <= clock_timestamp() AS at_once
       FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ status: 'hibernated', ec2_op: 'stop', ec2_attempts: 0, at_once: true });
    const last = (await eventsOf(id)).at(-1);
    expect(last).toMatchObject({ event: 'hibernate', reason: 'idle', actor: 'liveness', owes: 'stop' });
    expect(JSON.parse(String(last?.['evidence']))).toEqual({
      idle_minutes: 30,
      busy_at: expect.any(String),
      status_since: expect.any(String),
    });
  });

  it.each([
    ['degraded', { status: 'degraded' }, 'stop'],
    ['external, and no instance of ours to stop', EXTERNAL, null],
  ] as const)('hibernates when it is %s', async (_, options, owed) => {
    const { id } = await resting(LONG_AGO, options);
    expect(await liveness()).toMatchObject({ hibernated: 1 });
    expect(await rowOf(id)).toMatchObject({ status: 'hibernated', ec2_op: owed });
  });

  it('hibernates although it beats, since a heartbeat is no activity', async () => {
    const made = await resting(LONG_AGO);
    expect((await heartbeat(await made.token('runtime'), made.id)).status).toBe(200);
    await liveness();
    expect(await rowOf(made.id)).toMatchObject({ status: 'hibernated' });
  });

  it.each([
    ['has a task', `UPDATE heartbeats SET active_tasks = 1 WHERE workspace_id = :id::uuid`],
    ['has no idle_minutes', `UPDATE workspaces SET idle_minutes = NULL WHERE id = :id::uuid`],
    ['has grace after our own outage', `UPDATE sweep_state SET grace_until = now() + interval '1 minute'`],
  ])('stays awake while it %s', async (_, change) => {
    const { id } = await resting(LONG_AGO);
    await sql(change, change.includes(':id') ? { id } : {});
    expect(await liveness()).toMatchObject({ hibernated: 0 });
    expect((await rowOf(id))?.['status']).not.toBe('hibernated');
  });

  it('stays awake while it is silent: what it does is not known', async () => {
    const { id } = await resting(LONG_AGO, { status: 'degraded' });
    await sql(`UPDATE heartbeats SET lease_until = now() - interval '1 second' WHERE workspace_id = :id::uuid`, { id });
    expect(await liveness()).toMatchObject({ hibernated: 0, offline: 0 });
    expect(await rowOf(id)).toMatchObject({ status: 'degraded' });
  });

  it('is found behind one that is still busy, however few a statement takes', async () => {
    await resting({ busyMinutes: 1, statusMinutes: 600 }, { id: '00000000-0000-4000-8000-000000000001' });
    const { id } = await resting(LONG_AGO, { id: '00000000-0000-4000-8000-000000000002' });
    expect(await store.hibernateIdle({ ...BATCH, limit: 1 })).toEqual([{ id, owes: 'stop' }]);
  });

  it.each(['provisioning', 'offline', 'paused', 'failed', 'removed'] as const)(
    'is left alone when it is %s',
    async (status) => {
      const { id } = await resting(LONG_AGO, { status });
      await sql('UPDATE workspaces SET boot_asked_at = now() WHERE id = :id::uuid', { id });
      await liveness();
      expect(await rowOf(id)).toMatchObject({ status });
    },
  );
});
