import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { handler } from '../../../functions/orphans/index.ts';
import { ec2Faults } from '../../support/ec2.ts';
import { lambdaContext } from '../../support/events.ts';
import { rowOf } from '../../support/registry.ts';
import {
  becomeRegistry,
  plantOwn,
  plantTagged,
  runOrphans,
  runTwice,
  sightings,
  stateOf,
  toldOf,
  useOwnRegistry,
  withOlder,
  withOlders,
  withUnrecorded,
} from './run-orphans.ts';

useOwnRegistry();

afterEach(async () => {
  await ec2Faults({});
});

const endedOf = async (made: readonly { orphan: string }[]) =>
  (await Promise.all(made.map(({ orphan }) => stateOf(orphan)))).filter((state) => state === 'terminated').length;

describe('the ends of one run', () => {
  it('are up to five in a small fleet', async () => {
    const five = await withOlders(5);
    expect(await runTwice()).toMatchObject({ seen: 10, held: 0, terminated: 5 });
    expect(await endedOf(five)).toBe(5);
  });

  it('are none when they would be more, and an alarm is counted, in each run anew; adoptions go on', async () => {
    const six = await withOlders(6);
    const { id, orphan } = await withUnrecorded();
    const held = { held: 6, terminated: 0, alarms: 1, counted: { OrphanAlarm: 1, OrphansHeld: 6 } };
    expect(await runTwice()).toMatchObject({ ...held, adopted: 1 });
    expect(await rowOf(id)).toMatchObject({ instance_id: orphan });
    expect(await endedOf(six)).toBe(0);
    expect(await runOrphans()).toMatchObject(held);
    expect(await endedOf(six)).toBe(0);
  });

  it('are up to a tenth of what EC2 lists in a large one, counted before the alarm', async () => {
    const orphans = await withOlders(6);
    await plantOwn(47);
    await runOrphans();
    expect(await runOrphans()).toMatchObject({ seen: 59, held: 6, terminated: 0 });
    await plantOwn(1);
    expect(await runOrphans()).toMatchObject({ seen: 60, held: 0, terminated: 6 });
    expect(await endedOf(orphans)).toBe(6);
  });

  it('count only what two runs saw', async () => {
    const [first] = await withOlders(1);
    await runOrphans();
    await withOlders(6);
    expect(await runOrphans()).toMatchObject({ held: 0, terminated: 1 });
    expect(await stateOf(first?.orphan ?? '')).toBe('terminated');
  });
});

describe('two registries on one EC2', () => {
  it('never touch the instances of each other, though the workspaces have the same ids', async () => {
    const { id, orphan } = await withOlder();
    const theirs = randomUUID();
    const lower = await plantTagged({ workspace: id, generation: 1, registry: theirs });
    const higher = await plantTagged({ workspace: id, generation: 9, registry: theirs });
    const before = await rowOf(id);
    expect(await runTwice()).toMatchObject({ seen: 2, terminated: 1, adopted: 0, alarms: 0 });
    expect(await rowOf(id)).toEqual(before);
    expect([await stateOf(orphan), await stateOf(lower), await stateOf(higher)]).toEqual([
      'terminated',
      'running',
      'running',
    ]);

    await becomeRegistry(theirs);
    expect(await runTwice()).toMatchObject({ seen: 2, adopted: 1 });
    expect(await stateOf(String(before?.['instance_id']))).toBe('running');
  });
});

describe('a list that fails, or is empty', () => {
  it.each([1, 2])('fails the run at page %i, before anything is done or forgotten', async (failing) => {
    const { orphan } = await withOlder();
    await runOrphans();
    const known = await sightings();
    expect(known).toHaveLength(1);
    const instance = {
      instanceId: orphan,
      workspaceTag: null,
      generationTag: null,
      state: 'running',
      zone: null,
      launchedAt: '2026-01-02T03:04:05Z',
      stoppable: true,
    } as const;
    async function* listRegistered() {
      for (let page = 1; page < failing; page += 1) yield [instance];
      throw new Error('RequestLimitExceeded');
    }
    await expect(runOrphans({ listRegistered })).rejects.toThrow('RequestLimitExceeded');
    expect(await sightings()).toEqual(known);
    expect(await stateOf(orphan)).toBe('running');
  });

  it('fails the function when EC2 refuses', async () => {
    const { orphan } = await withOlder();
    await runOrphans();
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'UnauthorizedOperation' }] });
    await expect(handler({}, lambdaContext(120_000))).rejects.toThrow(/not authorized/);
    await ec2Faults({});
    expect(await stateOf(orphan)).toBe('running');
  });

  it('acts on nothing when it is empty, and what it does not confirm has to be seen twice again', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    expect(await runOrphans({ async *listRegistered() {} })).toMatchObject({ seen: 0, terminated: 0, alarms: 0 });
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
    expect(await runOrphans()).toMatchObject({ terminated: 0 });
    expect(await stateOf(orphan)).toBe('running');
    expect(await runOrphans()).toMatchObject({ terminated: 1 });
  });

  it('takes an instance that two pages show for one', async () => {
    const { orphan, id } = await withOlder();
    const instance = {
      instanceId: orphan,
      workspaceTag: id,
      generationTag: '1',
      state: 'running',
      zone: null,
      launchedAt: '2026-01-02T03:04:05Z',
      stoppable: true,
    } as const;
    async function* listRegistered() {
      yield [instance, instance];
      yield [instance];
    }
    expect(await runTwice({ listRegistered })).toMatchObject({ seen: 1, terminated: 1 });
  });
});

it.each([[{ dryrun: true }], [{ dry_run: 'yes' }], [{ 'detail-type': 'Scheduled Event', id: 'x' }], [null]])(
  'refuses an event that it does not understand: %j',
  async (event) => {
    await expect(handler(event, lambdaContext(120_000))).rejects.toThrow();
  },
);

it('answers a thousand decisions at most, and acts on all', async () => {
  const orphan = { workspaceTag: null, generationTag: null, state: 'running', zone: null, stoppable: true } as const;
  async function* listRegistered() {
    for (let page = 0; page < 2; page += 1) {
      yield Array.from({ length: 600 }, (_, at) => ({
        ...orphan,
        instanceId: `i-${page}-${at}`,
        launchedAt: '2026-01-02T03:04:05Z',
      }));
    }
  }
  const { decisions, ...run } = await runTwice({ listRegistered });
  expect(run).toMatchObject({ seen: 1200, alarms: 1200 });
  expect(decisions).toHaveLength(1000);
});
