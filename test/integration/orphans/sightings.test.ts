import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler } from '../../../functions/orphans/index.ts';
import { terminate } from '../../support/ec2.ts';
import { lambdaContext } from '../../support/events.ts';
import { rowOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import {
  changeRow,
  plantOwn,
  plantTagged,
  runOrphans,
  sightings,
  stateOf,
  toldOf,
  useOwnRegistry,
  withOlder,
  withUnrecorded,
} from './run-orphans.ts';

useOwnRegistry();

const scheduled = (id: string) => handler({ 'detail-type': 'Scheduled Event', id }, lambdaContext(120_000));

describe('an orphan is acted upon when two runs in a row have seen it', () => {
  it('ends nothing, adopts nothing and counts no alarm in the first run', async () => {
    const { orphan } = await withOlder();
    const { id } = await withUnrecorded();
    await plantTagged({ workspace: randomUUID(), generation: 1 });
    const first = await runOrphans();
    expect(first).toMatchObject({ adopted: 0, terminated: 0, alarms: 0, counted: { OrphanAlarm: 0, OrphansHeld: 0 } });
    expect(first.decisions).toHaveLength(3);
    expect(await stateOf(orphan)).toBe('running');
    expect(await rowOf(id)).toMatchObject({ instance_id: null });
  });

  it('acts in the second run, and has forgotten it in the third', async () => {
    const { orphan } = await withOlder();
    const { id, orphan: lost } = await withUnrecorded();
    await runOrphans();
    expect(await runOrphans()).toMatchObject({ adopted: 1, terminated: 1 });
    expect(await stateOf(orphan)).toBe('terminated');
    expect(await rowOf(id)).toMatchObject({ instance_id: lost });
    expect(await runOrphans()).toMatchObject({ adopted: 0, terminated: 0, decisions: [] });
    expect(await sightings()).toEqual([]);
  });

  it('counts a run once that the schedule sends twice', async () => {
    const { orphan } = await withOlder();
    const event = randomUUID();
    await scheduled(event);
    expect(await scheduled(event)).toMatchObject({ terminated: 0 });
    expect(await stateOf(orphan)).toBe('running');
    expect(await scheduled(randomUUID())).toMatchObject({ terminated: 1 });
    expect(await stateOf(orphan)).toBe('terminated');
  });

  it('takes two invokes by an operator for two runs', async () => {
    const { orphan } = await withOlder();
    await handler({}, lambdaContext(120_000));
    expect(await handler({}, lambdaContext(120_000))).toMatchObject({ terminated: 1 });
    expect(await stateOf(orphan)).toBe('terminated');
  });

  it('finishes, sent once more, what it had no time for', async () => {
    const { orphan } = await withOlder();
    const { id, orphan: lost } = await withUnrecorded();
    await runOrphans();
    const run = randomUUID();
    expect(await runOrphans({ run, timeLeftMs: () => 0 })).toMatchObject({ adopted: 0, terminated: 0 });
    expect(await stateOf(orphan)).toBe('running');
    expect(await runOrphans({ run })).toMatchObject({ adopted: 1, terminated: 1 });
    expect(await rowOf(id)).toMatchObject({ instance_id: lost });
  });

  it('forgets what the next run does not see: it begins anew', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    await changeRow(id, { previous_instance_id: orphan });
    await runOrphans();
    expect(await sightings()).toEqual([]);
    await changeRow(id, { previous_instance_id: null });
    expect(await runOrphans()).toMatchObject({ terminated: 0 });
    expect(await stateOf(orphan)).toBe('running');
    expect(await runOrphans()).toMatchObject({ terminated: 1 });
  });

  it('begins anew where another action is due than in the run before', async () => {
    const { id, orphan } = await withUnrecorded();
    await runOrphans();
    await changeRow(id, { generation: 2 });
    expect(await runOrphans()).toMatchObject({ adopted: 0, terminated: 0 });
    expect(await sightings()).toEqual([{ instance_id: orphan, action: 'terminate', sightings: 1, asked: false }]);
    expect(await runOrphans()).toMatchObject({ terminated: 1 });
  });

  it('begins anew where the tags were changed meanwhile', async () => {
    const { orphan } = await withOlder();
    await runOrphans();
    // What the registry would have written had the tag named another generation then.
    await sql('UPDATE orphan_sightings SET generation = 7 WHERE instance_id = :orphan::text', { orphan });
    expect(await runOrphans()).toMatchObject({ terminated: 0 });
    expect(await runOrphans()).toMatchObject({ terminated: 1 });
  });

  it('forgets an orphan that somebody else has ended, without claiming its end', async () => {
    await plantOwn();
    const { id, orphan } = await withOlder();
    await runOrphans();
    await terminate(orphan);
    expect(await runOrphans()).toMatchObject({ terminated: 0 });
    expect(await sightings()).toEqual([]);
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
  });
});
