import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf, rowOf, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce } from '../../support/sweep.ts';
import { absenceOf, age, counted, flip, makeAbsent, NEARLY } from './absent.ts';

beforeEach(async () => {
  await forgetEarlierSweeps();
  await sql(`UPDATE sweep_state SET grace_until = '-infinity'`);
});

describe('invariant 12: absent needs its full proof', () => {
  it('three sweeps over five minutes, of an old instance whose lease is over: offline, with the evidence', async () => {
    const made = await makeAbsent({ missed: { cycles: 0, seconds: 0 } });
    expect(await sweepOnce()).toMatchObject({ flipped: 0, verdicts: { absent: 1 } });
    expect(await sweepOnce()).toMatchObject({ flipped: 0 });
    expect(await absenceOf(made.id)).toMatchObject({ status: 'online', absent_seen: 2, missing: true });
    await sql(`UPDATE workspaces SET absent_since = absent_since - interval '300 seconds' WHERE id = :id::uuid`, {
      id: made.id,
    });

    expect(await sweepOnce()).toMatchObject({ flipped: 1, held: 0 });
    expect(await rowOf(made.id)).toMatchObject({
      status: 'offline',
      instance_id: null,
      ec2_op: 'launch',
      token_version: 2,
    });
    const last = (await eventsOf(made.id)).at(-1);
    expect(last).toMatchObject({ event: 'instance_gone', reason: 'absent', actor: 'sweep', owes: 'launch' });
    expect(JSON.parse(String(last?.['evidence']))).toMatchObject({
      ec2_answer: 'not_named',
      instance_id: made.instanceId,
      sweeps: 3,
      absent_since: expect.any(String),
      lease_until: expect.any(String),
      last_heartbeat_at: expect.any(String),
      launched_at: expect.any(String),
      brake: { zone_workspaces: 1, zone_allows: 2, fleet_workspaces: 1, fleet_allows: 2 },
    });
    expect(await absenceOf(made.id)).toMatchObject({ absent_seen: 0, missing: false });
  });

  it('and with all of it no status is spared that an instance can be lost in', async () => {
    const online = await makeAbsent();
    const degraded = await makeAbsent({}, { status: 'degraded' });
    expect(await sweepOnce()).toMatchObject({ flipped: 2 });
    expect(await rowOf(online.id)).toMatchObject({ status: 'offline' });
    expect(await rowOf(degraded.id)).toMatchObject({ status: 'offline' });
  });

  const LACKING = [
    ['too young', { launched: 590 }],
    ['missed by two sweeps only', { missed: { ...NEARLY, cycles: 1 } }],
    ['missed for too short a time', { missed: { ...NEARLY, seconds: 290 } }],
    ['its lease still lasts', { silent: null }],
  ] as const;

  it.each(LACKING)('%s: no flip, one more sighting', async (_, aged) => {
    const made = await makeAbsent(aged);
    expect(await sweepOnce()).toMatchObject({ flipped: 0 });
    expect(await absenceOf(made.id)).toMatchObject({ status: 'online', instance_id: made.instanceId, missing: true });
  });

  it.each(LACKING)('%s: the statement that flips finds it by itself', async (_, aged) => {
    const made = await makeAbsent(aged);
    const { fence, row } = await counted(made);
    expect(await flip(fence, row)).toEqual([]);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', token_version: 1 });
  });

  it('the grace after our own outage is one of the timeouts: no flip, in the sweep and in the statement', async () => {
    const made = await makeAbsent();
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 minute'`);
    expect(await sweepOnce()).toMatchObject({ flipped: 0 });
    await age(made.id, {});
    const { fence, row } = await counted(made);
    expect(await flip(fence, row)).toEqual([]);
    expect(await absenceOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('an instance that was booted again is as young as its boot', async () => {
    const made = await makeAbsent();
    await sql(`UPDATE workspaces SET boot_asked_at = now() - interval '590 seconds' WHERE id = :id::uuid`, {
      id: made.id,
    });
    expect(await sweepOnce()).toMatchObject({ flipped: 0 });
    const { fence, row } = await counted(made);
    expect(await flip(fence, row)).toEqual([]);
  });

  it('a fleet that EC2 does not know at all, as from the wrong Region, loses nobody who beats', async () => {
    const fleet = await Promise.all(Array.from({ length: 12 }, () => makeAbsent({ silent: null })));
    for (let sweeps = 0; sweeps < 4; sweeps += 1) expect(await sweepOnce()).toMatchObject({ flipped: 0, held: 0 });
    for (const { id } of fleet) expect(await rowOf(id)).toMatchObject({ status: 'online', token_version: 1 });
  });

  it('what silence took offline loses its instance without a status change, and owes its launch', async () => {
    const made = await makeAbsent({}, { status: 'online' });
    await transition(made.id, 'lease_expired', 'degraded');
    await transition(made.id, 'lease_expired', 'offline');
    await age(made.id, {});
    expect(await sweepOnce()).toMatchObject({ flipped: 0, cleared: 1 });
    expect(await rowOf(made.id)).toMatchObject({
      status: 'offline',
      instance_id: null,
      ec2_op: 'launch',
      token_version: 2,
    });
    expect((await eventsOf(made.id)).at(-1)).toMatchObject({ event: 'instance_cleared', reason: 'absent' });
  });

  it('a workspace that is never restarted owes nothing', async () => {
    const made = await makeAbsent({}, { restartPolicy: 'never' });
    expect(await sweepOnce()).toMatchObject({ flipped: 1 });
    expect(await rowOf(made.id)).toMatchObject({ status: 'offline', ec2_op: null });
  });

  it.each(['paused', 'hibernated', 'failed', 'removed'] as const)(
    'a workspace that is %s keeps its instance: absence is no proof for what does not beat',
    async (status) => {
      const made = await makeAbsent({}, { status });
      expect(await sweepOnce()).toMatchObject({ flipped: 0, cleared: 0 });
      expect(await rowOf(made.id)).toMatchObject({ status, instance_id: made.instanceId });
      const { fence, row } = await counted(made);
      expect(await flip(fence, row)).toEqual([]);
    },
  );
});
