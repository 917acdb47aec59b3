import { beforeEach, describe, expect, it } from 'vitest';
import { giveInstance } from '../../support/ec2.ts';
import { makeWorkspace, rowOf, store, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce } from '../../support/sweep.ts';
import { absenceOf, age, counted, flip, makeAbsent, NEARLY } from './absent.ts';

beforeEach(async () => {
  await forgetEarlierSweeps();
  await sql(`UPDATE sweep_state SET grace_until = '-infinity'`);
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
