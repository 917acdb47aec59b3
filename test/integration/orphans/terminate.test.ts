import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ec2Faults, terminate } from '../../support/ec2.ts';
import { makeWorkspace, rowOf, store, transition } from '../../support/registry.ts';
import {
  changeRow,
  plantOwn,
  plantTagged,
  runOrphans,
  runTwice,
  sightings,
  stateOf,
  toldOf,
  useOwnRegistry,
  withOlder,
  withUnrecorded,
} from './run-orphans.ts';

useOwnRegistry();

afterEach(async () => {
  await ec2Faults({});
});

const ALL_FAIL = (code: string) => ec2Faults({ errors: [{ action: 'TerminateInstances', code }] });

describe('an instance that is proved to be superseded', () => {
  it('is ended for its older generation, and the own one of the workspace is not touched', async () => {
    const { id, orphan } = await withOlder();
    const before = await rowOf(id);
    expect(await runTwice()).toMatchObject({ terminated: 1, alarms: 0 });
    expect(await stateOf(orphan)).toBe('terminated');
    expect(await stateOf(String(before?.['instance_id']))).toBe('running');
    expect(await rowOf(id)).toEqual(before);
    expect(await toldOf(id, 'orphan_terminated')).toMatchObject([
      {
        actor: 'orphans',
        reason: 'older_generation',
        evidence: {
          tag_generation: 1,
          row_generation: 2,
          ec2_state: 'running',
          ec2_answer: 'agreed',
          asked_at: expect.any(String),
        },
      },
    ]);
  });

  it.each(['pending', 'stopping', 'stopped'] as const)('is ended also when it is %s', async (state) => {
    const { orphan } = await withOlder({ state });
    expect(await runTwice()).toMatchObject({ terminated: 1 });
    expect(await stateOf(orphan)).toBe('terminated');
  });

  it('is ended for its removed workspace', async () => {
    const { id, orphan } = await withUnrecorded({ status: 'removed' });
    expect(await runTwice()).toMatchObject({ terminated: 1 });
    expect(await stateOf(orphan)).toBe('terminated');
    expect(await toldOf(id, 'orphan_terminated')).toMatchObject([{ reason: 'workspace_removed' }]);
  });

  it('is left to converge while the removed workspace owes its end, and ended when that was given up', async () => {
    const { id, orphan } = await withUnrecorded();
    await changeRow(id, { instance_id: orphan });
    await transition(id, 'remove', 'removed', 'terminate');
    expect(await runTwice()).toMatchObject({ terminated: 0, decisions: [] });
    await changeRow(id, { ec2_op: null });
    expect(await runTwice()).toMatchObject({ terminated: 1 });
    expect(await stateOf(orphan)).toBe('terminated');
  });

  it.each([
    ['our tag and no row', (): Parameters<typeof plantTagged>[0] => ({ workspace: randomUUID(), generation: 1 })],
    ['our tag alone', () => ({})],
    ['a generation that is no number', () => ({ workspace: randomUUID(), generation: 'one' })],
  ])('is never one with %s: an alarm', async (_, tags) => {
    const orphan = await plantTagged(tags());
    await runTwice();
    expect(await runOrphans()).toMatchObject({ terminated: 0, adopted: 0, alarms: 1, counted: { OrphanAlarm: 1 } });
    expect(await stateOf(orphan)).toBe('running');
  });

  it('is never one of an external workspace, which launches nothing', async () => {
    const { id } = await makeWorkspace({ launch: null, restartPolicy: 'never', status: 'removed' });
    await changeRow(id, { instance_id: null });
    const orphan = await plantTagged({ workspace: id, generation: 1 });
    expect(await runTwice()).toMatchObject({ terminated: 0, alarms: 1 });
    expect(await stateOf(orphan)).toBe('running');
  });
});

describe('what EC2 answers to an end', () => {
  it('refused: nothing is told, an operator hears of it, and the next run asks again', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    await ALL_FAIL('UnauthorizedOperation');
    expect(await runOrphans()).toMatchObject({ terminated: 0, alarms: 1, counted: { OrphanAlarm: 1 } });
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
    expect(await sightings()).toMatchObject([{ instance_id: orphan, asked: false }]);
    await ec2Faults({});
    expect(await runOrphans()).toMatchObject({ terminated: 1 });
    expect(await toldOf(id, 'orphan_terminated')).toHaveLength(1);
  });

  it('refused, and then ended by somebody else: it is not told as ours', async () => {
    await plantOwn();
    const { id, orphan } = await withOlder();
    await runOrphans();
    await ALL_FAIL('UnauthorizedOperation');
    await runOrphans();
    await ec2Faults({});
    await terminate(orphan);
    await runOrphans();
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
    expect(await sightings()).toEqual([]);
  });

  it('unknown to it: it is ended, and told with these words', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    await ALL_FAIL('InvalidInstanceID.NotFound');
    expect(await runOrphans()).toMatchObject({ terminated: 1, alarms: 0 });
    expect(await toldOf(id, 'orphan_terminated')).toMatchObject([
      { evidence: { ec2_answer: 'InvalidInstanceID.NotFound' } },
    ]);
    expect(await sightings()).not.toContainEqual(expect.objectContaining({ instance_id: orphan }));
  });

  it('one that is refused keeps no other from its end', async () => {
    const [first, second] = [await withOlder(), await withOlder()];
    await runOrphans();
    const answers = new Map([
      [first.orphan, { kind: 'refused', awsCode: 'OperationNotPermitted' }],
      [second.orphan, { kind: 'asked' }],
    ] as const);
    expect(await runOrphans({ operate: async () => answers })).toMatchObject({ terminated: 1, alarms: 1 });
    expect(await toldOf(first.id, 'orphan_terminated')).toEqual([]);
    expect(await toldOf(second.id, 'orphan_terminated')).toHaveLength(1);
  });

  it('lost: the next run asks again while EC2 lists it', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    const lost = async () => new Map([[orphan, { kind: 'unknown', error: 'TimeoutError' } as const]]);
    expect(await runOrphans({ operate: lost })).toMatchObject({ terminated: 0 });
    expect(await sightings()).toMatchObject([{ instance_id: orphan, asked: true }]);
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
    expect(await runOrphans()).toMatchObject({ terminated: 1 });
    expect(await toldOf(id, 'orphan_terminated')).toHaveLength(1);
  });
});

describe('an end re-confirms its proof in the statement before EC2 is asked', () => {
  it.each([
    ['the generation of its workspace is no longer above it', (id: string) => changeRow(id, { generation: 1 })],
    ['its workspace has it', (id: string, orphan: string) => changeRow(id, { instance_id: orphan })],
    [
      'its workspace has it as the previous one',
      (id: string, orphan: string) => changeRow(id, { previous_instance_id: orphan }),
    ],
    [
      'another workspace has it',
      async (_: string, orphan: string) => changeRow((await makeWorkspace()).id, { instance_id: orphan }),
    ],
    [
      'another workspace has it as the previous one',
      async (_: string, orphan: string) => changeRow((await makeWorkspace()).id, { previous_instance_id: orphan }),
    ],
    ['another run has seen it since', () => runOrphans({ operate: async () => new Map() })],
  ])('%s: EC2 is not asked', async (_, change) => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    const askTerminations: typeof store.askTerminations = async (input) => {
      await change(id, orphan);
      return store.askTerminations(input);
    };
    expect(await runOrphans({ over: { askTerminations } })).toMatchObject({ terminated: 0 });
    expect(await stateOf(orphan)).toBe('running');
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
  });

  it('one that is no longer proved keeps no other from its end', async () => {
    const [proved, saved] = [await withOlder(), await withOlder()];
    await runOrphans();
    const askTerminations: typeof store.askTerminations = async (input) => {
      await changeRow(saved.id, { previous_instance_id: saved.orphan });
      return store.askTerminations(input);
    };
    expect(await runOrphans({ over: { askTerminations } })).toMatchObject({ terminated: 1 });
    expect([await stateOf(proved.orphan), await stateOf(saved.orphan)]).toEqual(['terminated', 'running']);
  });

  it('one sighting is not enough for it, whoever asks', async () => {
    const { orphan } = await withOlder();
    const run = randomUUID();
    await runOrphans({ run });
    expect(await store.askTerminations({ run, instanceIds: [orphan] })).toEqual([]);
    await runOrphans();
    expect(await store.askTerminations({ run, instanceIds: [orphan] })).toEqual([]);
  });
});
