import { describe, expect, it } from 'vitest';
import { terminate } from '../../support/ec2.ts';
import { store } from '../../support/registry.ts';
import { plantOwn, runOrphans, sightings, stateOf, toldOf, useOwnRegistry, withOlder } from './run-orphans.ts';

useOwnRegistry();

describe('a crash around the question to EC2', () => {
  const crash = () => Promise.reject(new Error('killed'));

  it('before it: EC2 still lists it, so nothing is told, and the next run asks', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    await expect(runOrphans({ operate: crash })).rejects.toThrow('killed');
    expect(await stateOf(orphan)).toBe('running');
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
    expect(await runOrphans()).toMatchObject({ terminated: 1 });
    expect(await toldOf(id, 'orphan_terminated')).toMatchObject([{ evidence: { ec2_answer: 'agreed' } }]);
  });

  it('after it: the next run tells of it, saying that the answer is not known', async () => {
    await plantOwn();
    const { id, orphan } = await withOlder();
    await runOrphans();
    await expect(runOrphans({ over: { noteOrphans: crash } })).rejects.toThrow('killed');
    expect(await stateOf(orphan)).toBe('terminated');
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
    await runOrphans();
    expect(await toldOf(id, 'orphan_terminated')).toMatchObject([
      {
        reason: 'older_generation',
        evidence: { tag_generation: 1, row_generation: 2, ec2_answer: 'unknown', listed: false },
      },
    ]);
    expect(await sightings()).toEqual([]);
    await runOrphans();
    expect(await toldOf(id, 'orphan_terminated')).toHaveLength(1);
  });

  it('after it, and the next run has no time to ask again: it is told once it is gone', async () => {
    await plantOwn();
    const { id, orphan } = await withOlder();
    await runOrphans();
    await expect(runOrphans({ operate: crash })).rejects.toThrow('killed');
    await runOrphans({ timeLeftMs: () => 0 });
    await terminate(orphan);
    await runOrphans();
    expect(await toldOf(id, 'orphan_terminated')).toMatchObject([{ evidence: { ec2_answer: 'unknown' } }]);
  });

  it('after it: an empty list proves no end, so it waits for one that is not', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    await expect(runOrphans({ over: { noteOrphans: crash } })).rejects.toThrow('killed');
    const nothing = { async *listRegistered() {} };
    expect(await runOrphans(nothing)).toMatchObject({ seen: 0 });
    expect(await toldOf(id, 'orphan_terminated')).toEqual([]);
    expect(await sightings()).toMatchObject([{ instance_id: orphan, asked: true }]);
    await runOrphans();
    expect(await toldOf(id, 'orphan_terminated')).toHaveLength(1);
  });

  it('a note that is sent twice is told once, also at once', async () => {
    const { id, orphan } = await withOlder();
    await runOrphans();
    await expect(runOrphans({ over: { noteOrphans: crash } })).rejects.toThrow('killed');
    const note = {
      rows: [{ instance_id: orphan, ended: true, answer: 'agreed' }],
      actor: 'test',
      requestId: 'r',
    };
    await Promise.all([1, 2, 3].map(() => store.noteOrphans(note)));
    expect(await toldOf(id, 'orphan_terminated')).toHaveLength(1);
  });

  it('a vanished one is told once by a forgetting that is sent twice, also at once', async () => {
    const { id } = await withOlder();
    await runOrphans();
    await expect(runOrphans({ over: { noteOrphans: crash } })).rejects.toThrow('killed');
    const forget = { seen: [], listed: true, actor: 'test', requestId: 'r' };
    await Promise.all([1, 2, 3].map(() => store.forgetSightings(forget)));
    expect(await toldOf(id, 'orphan_terminated')).toHaveLength(1);
  });
});
