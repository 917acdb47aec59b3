import { beforeEach, describe, expect, it } from 'vitest';
import { giveInstance } from '../../support/ec2.ts';
import { eventsOf, makeWorkspace, rowOf, store, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce } from '../../support/sweep.ts';
import { absenceOf, age, makeAbsent, NEARLY } from './absent.ts';

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

describe('an absence is forgotten', () => {
  it('at the first beat: the next sighting is the first', async () => {
    const made = await makeAbsent();
    await heartbeat(await made.token('runtime'), made.id);
    await sweepOnce();
    expect(await absenceOf(made.id)).toMatchObject({ status: 'online', absent_seen: 1 });
  });

  it('by the flip itself, when the beat comes after this sighting was counted', async () => {
    const made = await makeAbsent();
    const { fence, row } = await counted(made);
    await heartbeat(await made.token('runtime'), made.id);
    await sql(`UPDATE heartbeats SET lease_until = now() - interval '1 second' WHERE workspace_id = :id::uuid`, {
      id: made.id,
    });
    expect(await flip(fence, { ...row, asked_at: '2099-01-01' })).toEqual([]);
  });

  it('when EC2 names the instance again', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await giveInstance(made.id);
    await age(made.id, {});
    expect(await sweepOnce()).toMatchObject({ verdicts: { alive: 1 } });
    expect(await absenceOf(made.id)).toMatchObject({ absent_seen: 0, missing: false });
  });

  it('when a listing shows it', async () => {
    const { registryId } = await store.readRegistry({});
    const made = await makeWorkspace({ status: 'online' });
    await giveInstance(made.id, { 'muster:registry': registryId });
    await age(made.id, {});
    expect(await sweepOnce({ meanwhile: () => Promise.reject(new Error('it was asked by id')) })).toMatchObject({
      verdicts: { alive: 1 },
    });
    expect(await absenceOf(made.id)).toMatchObject({ absent_seen: 0, missing: false });
  });

  it('at any change of status', async () => {
    const made = await makeAbsent();
    await transition(made.id, 'beat_unhealthy', 'degraded');
    expect(await absenceOf(made.id)).toMatchObject({ absent_seen: 0, missing: false });
  });

  it('but not what a later sweep has counted', async () => {
    const made = await makeAbsent();
    const { fence, row } = await counted(made);
    expect(await store.forgetAbsences({ fence: fence - 1, rows: [row] })).toEqual([]);
    await sql('UPDATE workspaces SET absent_cycle = absent_cycle + 1 WHERE id = :id::uuid', { id: made.id });
    expect(await store.forgetAbsences({ fence, rows: [row] })).toEqual([]);
    expect(await absenceOf(made.id)).toMatchObject({ missing: true });
  });
});

describe('a sighting', () => {
  it('that is sent twice counts once, and is answered the same', async () => {
    const made = await makeAbsent();
    const { fence, row, facts } = await counted(made);
    expect(facts).toMatchObject([{ workspaceId: made.id, cycles: 3 }]);
    const again = await store.noteAbsences({ fence, rows: [row] });
    expect(again).toMatchObject([{ workspaceId: made.id, cycles: 3 }]);
    expect(await absenceOf(made.id)).toMatchObject({ absent_seen: 3 });
  });

  it.each([
    ['of another generation', { generation: 2 }],
    ['of another instance', { instance_id: 'i-00000000000000001' }],
    ['that was asked for before the status changed', { asked_at: '2000-01-01' }],
  ])('%s counts nothing, and flips nothing', async (_, other) => {
    const made = await makeAbsent();
    const { fence, row } = await counted(made);
    await age(made.id, {});
    expect(await store.noteAbsences({ fence, rows: [{ ...row, ...other }] })).toEqual([]);
    expect(await absenceOf(made.id)).toMatchObject({ absent_seen: NEARLY.cycles });
    await store.noteAbsences({ fence, rows: [row] });
    expect(await flip(fence, { ...row, ...other })).toEqual([]);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('of a sweep that has lost its fence counts nothing, forgets nothing and flips nothing', async () => {
    const made = await makeAbsent();
    const { fence, row } = await counted(made);
    await sql('UPDATE sweep_state SET fence = fence + 1');
    expect(await store.noteAbsences({ fence, rows: [row] })).toEqual([]);
    expect(await store.forgetAbsences({ fence, rows: [row] })).toEqual([]);
    expect(await flip(fence, row)).toEqual([]);
  });

  it('of an earlier sweep is none: only what this one has missed is ended by it', async () => {
    const made = await makeAbsent();
    const { row } = await counted(made);
    await sql('UPDATE sweep_state SET fence = fence + 1');
    const [state] = await sql('SELECT fence FROM sweep_state');
    expect(await flip(Number(state?.['fence']), row)).toEqual([]);
  });

  it('is told to a dry run as it would be, and is not counted', async () => {
    const made = await makeAbsent({ missed: { cycles: 1, seconds: 100 } });
    const [facts] = await store.readAbsences({ ids: [made.id] });
    expect(facts).toMatchObject({ cycles: 2 });
    expect(facts?.missingSeconds).toBeGreaterThanOrEqual(100);
    expect(facts?.leaseSeconds).toBeLessThan(0);
    expect(await absenceOf(made.id)).toMatchObject({ absent_seen: 1 });
    await heartbeat(await made.token('runtime'), made.id);
    expect(await store.readAbsences({ ids: [made.id] })).toMatchObject([{ cycles: 1 }]);
  });
});

/** A sighting that a sweep has counted. */
async function counted({ id, instanceId }: { id: string; instanceId: string }) {
  await sql(`UPDATE sweep_state SET fence = fence + 1`);
  const [state] = await sql('SELECT fence, clock_timestamp()::text AS at FROM sweep_state');
  const fence = Number(state?.['fence']);
  const row = { workspace_id: id, instance_id: instanceId, generation: 1, asked_at: String(state?.['at']) };
  return { fence, row, facts: await store.noteAbsences({ fence, rows: [row] }) };
}

function flip(fence: number, row: Awaited<ReturnType<typeof counted>>['row']) {
  const policy = { ageSeconds: 600, cycles: 3, seconds: 300 };
  return store.flipAbsent({ fence, rows: [{ ...row, evidence: {} }], policy, actor: 'test', requestId: 'r' });
}
