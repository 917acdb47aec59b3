import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { BATCH, booting, forgetEarlier, liveness } from './aged.ts';

const DAY = 86_400;
const EXTERNAL = { launch: null, restartPolicy: 'never' } as const;

const set = (id: string, change: string) => sql(`UPDATE workspaces SET ${change} WHERE id = :id::uuid`, { id });

beforeEach(forgetEarlier);

describe('nothing is asked for sooner than a boot can take', () => {
  it.each([
    [600, 590, 'provisioning', null],
    [600, 610, 'offline', 'launch'],
    [1800, 610, 'provisioning', null],
    [1800, 1790, 'provisioning', null],
    [1800, 1810, 'offline', 'launch'],
  ] as const)('with a boot timeout of %i s, after %i s: %s, owing %s', async (timeout, seconds, status, owed) => {
    const { id } = await booting(seconds, { bootTimeoutSeconds: timeout });
    expect(await liveness()).toMatchObject({ boots_timed_out: owed === null ? 0 : 1, budgets_spent: 0 });
    expect(await rowOf(id)).toMatchObject({ status, ec2_op: owed });
  });

  it.each([
    ['its boot was asked for just now', `boot_asked_at = now()`],
    ['EC2 was asked just now, and has not agreed yet', `ec2_op = 'reboot', ec2_op_asked_at = now()`],
    ['EC2 has not been asked yet', `ec2_op = 'reboot', ec2_next_at = now()`],
    ['it began just now to wait for another boot than the one of yesterday', `status_since = now()`],
    ['its launch is under way', `ec2_op = 'launch', ec2_op_asked_at = now() - interval '1 day', instance_id = NULL`],
    ['a person stopped it', `stopped_by = 'user'`],
  ])('nor when %s', async (_, change) => {
    const { id } = await booting(DAY);
    await set(id, change);
    const before = await rowOf(id);
    expect(await liveness()).toMatchObject({ boots_timed_out: 0, budgets_spent: 0 });
    expect(await rowOf(id)).toEqual(before);
  });

  it('nor in the grace after our own outage (invariant 13: our own outage is not theirs)', async () => {
    const { id } = await booting(DAY);
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
    expect(await liveness()).toMatchObject({ in_grace: true, boots_timed_out: 0 });
    expect(await rowOf(id)).toMatchObject({ status: 'provisioning' });
  });

  it.each(['online', 'degraded', 'offline', 'paused', 'hibernated', 'failed', 'removed'] as const)(
    'nor of what is %s',
    async (status) => {
      const { id } = await makeWorkspace({ status });
      await set(id, `boot_asked_at = now() - interval '1 day', status_since = now() - interval '1 day'`);
      await sql(`UPDATE heartbeats SET lease_until = 'infinity' WHERE workspace_id = :id::uuid`, { id });
      expect(await liveness()).toMatchObject({ boots_timed_out: 0, budgets_spent: 0 });
      expect(await rowOf(id)).toMatchObject({ status });
    },
  );
});

describe('a boot times out', () => {
  it('with the whole evidence', async () => {
    const { id, instanceId } = await booting(700);
    await liveness();
    const last = (await eventsOf(id)).at(-1);
    expect(last).toMatchObject({
      event: 'boot_timed_out',
      actor: 'liveness',
      reason: 'boot_timed_out',
      owes: 'launch',
    });
    expect(JSON.parse(String(last?.['evidence']))).toEqual({
      boot_timeout_seconds: 600,
      boot_asked_at: expect.any(String),
      waited_since: expect.any(String),
      attempts: 1,
      generation: 1,
      instance_id: instanceId,
      last_heartbeat_at: null,
    });
  });

  it.each([
    ['EC2 agreed to its reboot as long ago', `ec2_op = 'reboot', ec2_op_asked_at = now() - interval '1 day'`],
    ['its instance was recorded before boots had a time of their own', `boot_asked_at = NULL`],
    ['it was our own stop that had been asked', `stopped_by = 'muster'`],
  ])('when %s', async (_, change) => {
    const { id } = await booting(DAY);
    await set(id, change);
    expect(await liveness()).toMatchObject({ boots_timed_out: 1 });
    expect(await rowOf(id)).toMatchObject({ status: 'offline', ec2_op: 'launch' });
  });

  it('although the process before it still beats', async () => {
    const made = await booting(DAY);
    await set(made.id, `ec2_op = 'reboot', ec2_op_asked_at = now() - interval '1 hour'`);
    const beat = { uptime_seconds: DAY };
    expect((await heartbeat(await made.token('runtime'), made.id, beat)).body.workspace_status).toBe('provisioning');
    await liveness();
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: 'launch' });
    const evidence = JSON.parse(String((await eventsOf(made.id)).at(-1)?.['evidence']));
    expect(evidence).toMatchObject({ last_heartbeat_at: expect.any(String) });
  });

  it.each([
    ['on_instance_loss', { restartPolicy: 'on_instance_loss' }, 'launch'],
    ['on_silence', { restartPolicy: 'on_silence' }, 'launch'],
    ['never', { restartPolicy: 'never' }, null],
    ['never, being external', EXTERNAL, null],
  ] as const)('owing what the policy lets Muster do: %s', async (_, options, owed) => {
    const { id } = await booting(700, options);
    await liveness();
    expect(await rowOf(id)).toMatchObject({ status: 'offline', ec2_op: owed });
  });

  it('of an external workspace, which has no instance, and for which EC2 is never asked', async () => {
    const { id } = await booting(700, EXTERNAL);
    await set(id, 'instance_id = NULL, boot_asked_at = NULL');
    expect(await liveness()).toMatchObject({ boots_timed_out: 1 });
    expect(await rowOf(id)).toMatchObject({ status: 'offline', ec2_op: null });
  });

  it.each([
    [4, 'on_instance_loss', 'boot_timed_out', 'offline'],
    [5, 'on_instance_loss', 'budget_spent', 'failed'],
    [9, 'on_silence', 'budget_spent', 'failed'],
    [9, 'never', 'boot_timed_out', 'offline'],
  ] as const)('after %i attempts in a row, policy %s: %s, %s', async (attempts, restartPolicy, event, status) => {
    const { id } = await booting(700, { restartPolicy });
    await set(id, `ec2_attempts = ${attempts}`);
    const spent = event === 'budget_spent' ? 1 : 0;
    expect(await liveness()).toMatchObject({ boots_timed_out: 1 - spent, budgets_spent: spent });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ event, from_status: 'provisioning', to_status: status });
    expect(await rowOf(id)).toMatchObject({ status, ...(spent === 1 ? { ec2_op: null } : {}) });
  });

  it('behind one that still has time, however few a statement takes', async () => {
    await booting(10, { id: '00000000-0000-4000-8000-000000000001' });
    const { id } = await booting(700, { id: '00000000-0000-4000-8000-000000000002' });
    expect(await store.expireBoots({ ...BATCH, limit: 1, maxAttempts: 5 })).toEqual([
      { id, event: 'boot_timed_out', owes: 'launch' },
    ]);
  });

  it('of more workspaces than one statement takes', async () => {
    await sql(
      `INSERT INTO workspaces (id, name, runtime, restart_policy, created_by, status_since)
       SELECT gen_random_uuid(), 'many', 'r', 'never', '{"actor": "test"}', now() - interval '1 day'
       FROM generate_series(1, 1200)`,
    );
    expect(await liveness()).toMatchObject({ boots_timed_out: 1200 });
  });
});
