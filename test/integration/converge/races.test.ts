import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  comeDue,
  convergeWith,
  createLaunched,
  instancesOf,
  launchingAt,
  owedOf,
  QUICK,
} from '../../support/converge.ts';
import { ec2Calls, resetEc2Calls } from '../../support/ec2.ts';
import { eventsOf, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

const TRIGGERS = 50;

/** As the sweep, liveness, a hint and an operator would, all at once: some for the workspace, some for all. */
const triggers = (id: string) =>
  Promise.all(
    Array.from({ length: TRIGGERS }, (_, at) =>
      convergeWith()({
        workspaceId: at % 2 === 0 ? id : null,
        requestId: randomUUID(),
        timeLeftMs: () => 50_000,
      }),
    ),
  );

describe('50 triggers of one workspace at once', () => {
  it('invariant 4: launch one instance, of one generation', async () => {
    const { id } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await comeDue(id);
    await resetEc2Calls();
    await triggers(id);
    expect(await owedOf(id)).toMatchObject({ generation: 2, attempts: 2, op: null });
    expect((await instancesOf(id)).filter(({ generation }) => generation === 2)).toHaveLength(1);
    expect(await ec2Calls()).toMatchObject({ RunInstances: 1 });
    expect((await eventsOf(id)).filter(({ event }) => event === 'launched')).toHaveLength(1);
  }, 60_000);

  it.each([
    ['pause', 'paused', 'stop', 'StopInstances'],
    ['remove', 'removed', 'terminate', 'TerminateInstances'],
  ] as const)(
    'ask once for what a %s owes',
    async (event, to, op, action) => {
      const { id } = await createLaunched();
      await expect.poll(async () => (await instancesOf(id))[0]?.state).toBe('running');
      await transition(id, event, to, op);
      await comeDue(id);
      await resetEc2Calls();
      // What is asked for is looked at again later, so that one round asks once.
      const policy = { pollSeconds: 60, settleSeconds: 60 };
      await Promise.all(
        Array.from({ length: TRIGGERS }, () =>
          convergeWith({ policy: { ...QUICK, ...policy } })({
            workspaceId: id,
            requestId: randomUUID(),
            timeLeftMs: () => 50_000,
          }),
        ),
      );
      expect((await ec2Calls())[action]).toBe(1);
      expect((await eventsOf(id)).filter((one) => one['event'] === 'operation_asked')).toHaveLength(1);
    },
    60_000,
  );
});

describe('the fleet’s launches', () => {
  it('are at most two a second after a burst of five', async () => {
    await sql(`UPDATE launch_rate SET free_at = '-infinity'`);
    const taken = await Promise.all(Array.from({ length: 20 }, () => store.takeLaunchSlot({ perSecond: 2, burst: 5 })));
    const granted = taken.filter((slot) => slot !== undefined).length;
    // What is refilled while the twenty calls are made comes on top.
    expect(granted).toBeGreaterThanOrEqual(5);
    expect(granted).toBeLessThanOrEqual(8);
    await sql(`UPDATE launch_rate SET free_at = clock_timestamp() + interval '2 seconds'`);
    expect(await store.takeLaunchSlot({ perSecond: 2, burst: 5 })).toEqual({ granted: true });
    await sql(`UPDATE launch_rate SET free_at = clock_timestamp() + interval '3 seconds'`);
    expect(await store.takeLaunchSlot({ perSecond: 2, burst: 5 })).toBeUndefined();
  });

  it('that find no place wait in the row, and are made by the next run', async () => {
    const { id } = await createLaunched();
    await transition(id, 'boot_timed_out', 'offline', 'launch');
    await comeDue(id);
    await sql(`UPDATE launch_rate SET free_at = clock_timestamp() + interval '1 hour'`);
    const run = { workspaceId: id, requestId: randomUUID(), timeLeftMs: () => 31_000 };
    await convergeWith({ launchOwed: launchingAt({ launchesPerSecond: 2, launchBurst: 5 }).launchOwed })(run);
    expect(await owedOf(id)).toMatchObject({ status: 'offline', op: 'launch', instance_id: null, leased: null });
    await sql(`UPDATE launch_rate SET free_at = '-infinity'`);
    await comeDue(id);
    await convergeWith()(run);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, generation: 2 });
  });
});
