import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { registerRecord } from '../../support/records.ts';
import { eventsOf, type Made, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { booting, livenessWith } from './aged.ts';
import { beat, pass } from './passing.ts';
import { manyOf, removeEarlier } from './silent.ts';

const PACE = 60;

/** All of the fleet may be silent at once: what keeps it is the grace alone. */
const run = () => livenessWith({ brake: { floor: DEFAULT_BRAKE.floor, share: 1 } });

/** An online fleet whose beats are spread over a pace; every one has beaten within it. */
const fleetOf = async (size: number) => {
  const fleet = await manyOf(size, { silentFor: 0 });
  for (const one of fleet) {
    await pass(Math.floor(PACE / size));
    await beat([one]);
  }
  await run();
  return fleet;
};

/** Beats come back, one quarter of the fleet after another, within a pace; liveness runs in the middle of it. */
const comeBack = async (fleet: readonly Made[]) => {
  const quarter = Math.ceil(fleet.length / 4);
  for (let at = 0; at < 4; at += 1) {
    await pass(PACE / 4);
    await beat(fleet.slice(at * quarter, (at + 1) * quarter));
    if (at === 1) await run();
  }
};

/** A minute in which each of them beats, and liveness runs. */
const minuteOf = async (fleet: readonly Made[]) => {
  await pass(PACE / 2);
  await beat(fleet);
  await pass(PACE / 2);
  return run();
};

const flipsOf = async (fleet: readonly Made[]) => {
  const events = await Promise.all(fleet.map(({ id }) => eventsOf(id)));
  return events.flat().filter(({ event }) => event === 'lease_expired' || event === 'boot_timed_out');
};

beforeEach(removeEarlier);

describe('invariant 13: ten minutes of our own outage are not theirs', () => {
  it.each([
    ['only the heartbeat route was down, while the schedules ran', true],
    ['nothing of ours ran', false],
  ])('%s: nobody is flipped, and who died in it is found after the grace', async (_, schedulesRan) => {
    const all = await fleetOf(20);
    const [dead, ...fleet] = all;
    // One boot whose time runs out in the middle of the outage, and one that never comes.
    const [late, hung] = [await booting(300), await booting(300)];
    if (dead === undefined) throw new Error('there is no fleet');
    await run();
    for (let minute = 0; minute < 10; minute += 1) {
      await pass(60);
      if (schedulesRan) await run();
    }
    if (!schedulesRan) await run();
    expect(await flipsOf([...all, late, hung])).toEqual([]);

    await comeBack(fleet);
    expect(await run()).toMatchObject({ in_grace: true, is_outage: false });
    expect((await store.recordRegister(registerRecord(late.id, { boot_id: 'b' }))).workspace_status).toBe('online');
    let waited = 0;
    let summary = await minuteOf([...fleet, late]);
    while (summary.in_grace && waited < 10) {
      expect(await flipsOf([...all, late, hung])).toEqual([]);
      waited += 1;
      summary = await minuteOf([...fleet, late]);
    }
    // A lease and a half: from the last run that saw the outage, and no longer.
    expect(waited).toBeGreaterThanOrEqual(2);
    expect(waited).toBeLessThanOrEqual(4);
    expect(summary).toMatchObject({ in_grace: false, degraded: 1, boots_timed_out: 1 });
    expect(await rowOf(dead.id)).toMatchObject({ status: 'degraded' });
    expect(await rowOf(hung.id)).toMatchObject({ status: 'offline' });
    expect(await flipsOf([...fleet, late])).toEqual([]);
  });

  it('its grace is longer where leases are longer, as in a large fleet', async () => {
    await fleetOf(4);
    await sql('UPDATE heartbeats SET lease_seconds = 600');
    await sql(`UPDATE sweep_state SET liveness_at = now() - interval '10 minutes'`);
    await run();
    const [row] = await sql(
      `SELECT grace_until BETWEEN now() + interval '890 seconds' AND now() + interval '900 seconds' AS right FROM sweep_state`,
    );
    expect(row).toEqual({ right: true });
  });

  it('its grace is extended, and never shortened, by a run that sees it', async () => {
    await fleetOf(4);
    await pass(120);
    expect(await run()).toMatchObject({ is_outage: true, in_grace: true });
    await sql(`UPDATE sweep_state SET grace_until = now() + interval '1 hour'`);
    expect(await run()).toMatchObject({ is_outage: true });
    const [row] = await sql(`SELECT grace_until > now() + interval '59 minutes' AS kept FROM sweep_state`);
    expect(row).toEqual({ kept: true });
  });

  it('it is seen by the first run at which a lease has run out', async () => {
    const fleet = await fleetOf(10);
    // The first of them has beaten a pace ago, and its lease is three.
    await pass(2 * PACE + 2);
    expect(await run()).toMatchObject({ is_outage: true, degraded: 0 });
    expect(await flipsOf(fleet)).toEqual([]);
  });
});

describe('what is no outage of ours', () => {
  it.each([1, 2])('is the death of a fleet of %i', async (size) => {
    const fleet = await fleetOf(size);
    for (const _ of [1, 2]) {
      await pass(PACE);
      expect(await run()).toMatchObject({ is_outage: false, in_grace: false, degraded: 0 });
    }
    await pass(85);
    expect(await run()).toMatchObject({ is_outage: false, in_grace: false, degraded: size });
    for (const { id } of fleet) expect(await rowOf(id)).toMatchObject({ status: 'degraded' });
  });

  it('is the death of half a fleet', async () => {
    const fleet = await fleetOf(8);
    let degraded = 0;
    for (let minute = 0; minute < 4; minute += 1) {
      const summary = await minuteOf(fleet.slice(4));
      expect(summary).toMatchObject({ is_outage: false, in_grace: false });
      degraded += summary.degraded;
    }
    expect(degraded).toBe(4);
  });

  it('is a fleet that has just come online, all in the same moment', async () => {
    const fleet = await Promise.all(Array.from({ length: 5 }, () => makeWorkspace()));
    for (const { id } of fleet) await store.recordRegister(registerRecord(id, { boot_id: 'b' }));
    expect(await run()).toMatchObject({ is_outage: false });
    // The slowest of them beats one and a half paces later.
    await pass(PACE);
    await beat(fleet.slice(0, 2));
    await pass(28);
    expect(await run()).toMatchObject({ is_outage: false });
  });

  it('is the silence of most of a fleet for an hour, while others are heard', async () => {
    const fleet = await fleetOf(8);
    const [heard, ...dead] = fleet;
    if (heard === undefined) throw new Error('there is no fleet');
    await pass(3500);
    await beat([heard]);
    expect(await run()).toMatchObject({ is_outage: true });
    await pass(200);
    await beat([heard]);
    await sql(`UPDATE sweep_state SET grace_until = '-infinity', liveness_at = now()`);
    expect(await run()).toMatchObject({ is_outage: false, degraded: dead.length });
  });

  it('but hours in which nobody is heard are one', async () => {
    const fleet = await fleetOf(8);
    await pass(36_000);
    expect(await run()).toMatchObject({ is_outage: true, in_grace: true, degraded: 0 });
    expect(await flipsOf(fleet)).toEqual([]);
  });
});
