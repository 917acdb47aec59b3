import { describe, expect, it } from 'vitest';
import { useConnections } from '../../support/locks.ts';
import { makeWorkspace, rowOf, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { changeRow, runOrphans, runTwice, stateOf, toldOf, useOwnRegistry, withUnrecorded } from './run-orphans.ts';

useOwnRegistry();

const { other, watcher, untilBlocked } = useConnections();

const adoptionOf = (id: string, instanceId: string, tagGeneration = 1) => ({
  ...{ workspaceId: id, instanceId, tagGeneration, rowGeneration: 1, zone: null, stoppable: true },
  ...{ launchedAt: '2026-01-02T03:04:05Z', why: 'test', actor: 'test', requestId: 'r' },
});

describe('an adoption re-confirms what it was decided on', () => {
  it.each([
    ['the workspace was removed', (id: string) => transition(id, 'remove', 'removed')],
    ['its generation was raised', (id: string) => changeRow(id, { generation: 2 })],
    ['another instance was recorded', (id: string) => changeRow(id, { instance_id: `i-${id.slice(0, 8)}` })],
  ])('%s meanwhile: it is not adopted, and nothing is told', async (_, change) => {
    const { id, orphan } = await withUnrecorded();
    await runOrphans();
    const adoptInstance: typeof store.adoptInstance = async (input) => {
      await change(id);
      return store.adoptInstance(input);
    };
    expect(await runOrphans({ over: { adoptInstance } })).toMatchObject({ adopted: 0 });
    expect((await rowOf(id))?.['instance_id']).not.toBe(orphan);
    expect(await toldOf(id, 'instance_adopted')).toEqual([]);
  });

  it('another row took the instance in that moment: that one fails aloud, and the others are adopted', async () => {
    const [taken, other] = [await withUnrecorded(), await withUnrecorded()];
    const thief = await withUnrecorded();
    await runOrphans();
    const steal = `UPDATE workspaces SET instance_id = :orphan::text WHERE id = :id::uuid`;
    const adoptInstance: typeof store.adoptInstance = async (input) => {
      if (input.workspaceId === taken.id) await sql(steal, { id: thief.id, orphan: taken.orphan });
      return input.workspaceId === thief.id ? undefined : store.adoptInstance(input);
    };
    expect(await runOrphans({ over: { adoptInstance } })).toMatchObject({ adopted: 1 });
    expect(await rowOf(taken.id)).toMatchObject({ instance_id: null });
    expect(await rowOf(other.id)).toMatchObject({ instance_id: other.orphan });
    expect(await runTwice()).toMatchObject({
      decisions: expect.arrayContaining([
        expect.objectContaining({ instance_id: taken.orphan, action: 'alarm', reason: 'held_by_another' }),
      ]),
    });
  });

  it('a database that fails fails the run, after the others were adopted', async () => {
    const [lost, other] = [await withUnrecorded(), await withUnrecorded()];
    await runOrphans();
    const down = new Error('the database is down');
    const adoptInstance: typeof store.adoptInstance = (input) =>
      input.workspaceId === lost.id ? Promise.reject(down) : store.adoptInstance(input);
    await expect(runOrphans({ over: { adoptInstance } })).rejects.toMatchObject({ errors: [down] });
    expect(await rowOf(other.id)).toMatchObject({ instance_id: other.orphan });
    expect(await runOrphans()).toMatchObject({ adopted: 1 });
  });
});

describe('the tags of an instance that another workspace has', () => {
  it.each([
    ['as its own instance', (id: string, orphan: string) => changeRow(id, { instance_id: orphan })],
    ['as its previous one', (id: string, orphan: string) => changeRow(id, { previous_instance_id: orphan })],
  ])('are believed in nothing (%s): an alarm, and it is neither adopted nor ended', async (_, hold) => {
    const named = await withUnrecorded({ status: 'removed' });
    const holder = await makeWorkspace();
    await hold(holder.id, named.orphan);
    await changeRow(named.id, { generation: 2 });
    expect(await runTwice()).toMatchObject({ terminated: 0, alarms: 1 });
    expect(await stateOf(named.orphan)).toBe('running');
    expect(await toldOf(named.id, 'instance_adopted')).toEqual([]);
  });
});

describe('an adoption beside others', () => {
  it.each([1, 2])(
    'locks the beats first: while it waits for one, it holds no workspace (generation %i)',
    async (tag) => {
      const { id, orphan } = await withUnrecorded();
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [id]);
      const adopted = store.adoptInstance(adoptionOf(id, orphan, tag));
      await untilBlocked();
      const free = await watcher.query('SELECT 1 FROM workspaces WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED', [id]);
      await other.query('COMMIT');
      expect(free.rows).toHaveLength(1);
      expect(await adopted).toEqual({ id });
    },
  );

  it.each([1, 2])(
    'that waited for a remove finds the workspace removed, and adopts nothing (generation %i)',
    async (tag) => {
      const { id, orphan } = await withUnrecorded();
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [id]);
      await other.query(
        `UPDATE workspaces SET status = 'removed', cause = '{"event": "remove", "reason": "test", "actor": "test"}'
       WHERE id = $1`,
        [id],
      );
      const adopted = store.adoptInstance(adoptionOf(id, orphan, tag));
      await untilBlocked();
      await other.query('COMMIT');
      expect(await adopted).toBeUndefined();
      expect(await rowOf(id)).toMatchObject({ status: 'removed', generation: 1, instance_id: null });
      expect(await toldOf(id, 'instance_adopted')).toEqual([]);
    },
  );

  it('and the launch that started the instance record it once, whoever is first', async () => {
    const { id, orphan } = await withUnrecorded();
    const instance = { instanceId: orphan, zone: null, stoppable: true };
    const finalise = { workspaceId: id, generation: 1, instance, actor: 'test', requestId: 'r' };
    const answers = await Promise.all([store.adoptInstance(adoptionOf(id, orphan)), store.finaliseLaunch(finalise)]);
    expect(answers).toEqual([{ id }, { status: 'provisioning' }]);
    const told = [...(await toldOf(id, 'instance_adopted')), ...(await toldOf(id, 'instance_launched'))];
    expect(told.filter((event) => event['request_id'] === 'r')).toHaveLength(1);
  });
});
