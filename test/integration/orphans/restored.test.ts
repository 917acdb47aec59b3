import { describe, expect, it } from 'vitest';
import { makeWorkspace, rowOf, store, tokens, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import {
  changeRow,
  plantTagged,
  runOrphans,
  runTwice,
  stateOf,
  tokenOf,
  toldOf,
  useOwnRegistry,
} from './run-orphans.ts';

useOwnRegistry();

const beatOf = async (id: string, generation: number, version = 1) =>
  (await heartbeat(await tokenOf(id, generation, version), id)).status;

/**
 * A workspace that was replaced since a backup was taken: its row is at generation 1 and believes in the instance of
 * then, EC2 runs that of generation 2.
 */
async function withNewer(options: Parameters<typeof makeWorkspace>[0] = {}, generation = 2) {
  const made = await makeWorkspace({ status: 'online', ...options });
  const newer = await plantTagged({ workspace: made.id, generation });
  return { ...made, newer };
}

describe('a registry that was restored from a backup', () => {
  it('ends no healthy instance: it catches up with the newer generation, whose runtime beats again', async () => {
    const { id, newer } = await withNewer();
    await sql(
      `UPDATE heartbeats SET token_version = 3, boot_id = 'old', last_heartbeat_at = now() - interval '1 hour',
         lease_until = now() - interval '1 hour', bootstrap_open = false WHERE workspace_id = :id::uuid`,
      { id },
    );
    expect(await beatOf(id, 2)).toBe(401);
    const run = await runTwice();
    expect(run).toMatchObject({ adopted: 1, terminated: 0, alarms: 1, counted: { OrphanAlarm: 1, OrphansHeld: 0 } });
    expect(await stateOf(newer)).toBe('running');
    expect(await rowOf(id)).toMatchObject({
      status: 'online',
      generation: 2,
      instance_id: newer,
      token_version: 1,
      boot_id: null,
      last_heartbeat_at: '-infinity',
      bootstrap_open: true,
    });
    expect(await beatOf(id, 2)).toBe(200);
    expect(await beatOf(id, 1, 3)).toBe(401);
    expect(await runTwice()).toMatchObject({ adopted: 0, terminated: 0, alarms: 0, decisions: [] });
  });

  it('tells of it with both generations, why, and which instance was believed in', async () => {
    const { id, instanceId } = await withNewer();
    await runTwice();
    expect(await toldOf(id, 'instance_adopted')).toMatchObject([
      {
        reason: 'newer_generation',
        evidence: {
          tag_generation: 2,
          row_generation: 1,
          why: 'newer_generation',
          replaced_instance_id: instanceId,
        },
      },
    ]);
    expect(await toldOf(id, 'registry_behind')).toMatchObject([
      { reason: 'newer_instance', evidence: { tag_generation: 2, row_generation: 1 }, actor: 'orphans', generation: 2 },
    ]);
  });

  it('owes a reconcile of it, and says what for and since when', async () => {
    const { id } = await withNewer();
    await sql(
      `UPDATE workspaces SET reconcile_done = reconcile_wanted, reconcile_because = NULL, reconcile_since = NULL
       WHERE id = :id::uuid`,
      { id },
    );
    await runTwice();
    const owed = { reconcile_owed: true, reconcile_because: 'instance_adopted', reconcile_since: expect.any(String) };
    expect(await store.readWorkspace({ id })).toMatchObject(owed);
  });

  it('gives the adopted one the time of a boot to be heard, whatever its lease and its launch were', async () => {
    const { id } = await withNewer({ bootTimeoutSeconds: 900 });
    await changeRow(id, { boot_asked_at: '2020-01-01' });
    await sql(`UPDATE heartbeats SET lease_until = now() - interval '1 hour' WHERE workspace_id = :id::uuid`, { id });
    await runTwice();
    const [row] = await sql(
      `SELECT h.lease_until > now() + interval '14 minutes' AS leased, w.boot_asked_at > now() - interval '1 minute' AS boots,
         h.bootstrap_until > now() + interval '29 minutes' AS may_register
       FROM heartbeats h JOIN workspaces w ON w.id = h.workspace_id WHERE w.id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ leased: true, boots: true, may_register: true });
    const bootstrap = await tokens.sign({
      sub: id,
      gen: 2,
      ver: 1,
      kind: 'bootstrap',
    });
    expect((await register(bootstrap, { id, boot_id: 'b2' })).status).toBe(200);
  });

  it('has to learn what is installed there, though the workspace stays online', async () => {
    const { id } = await withNewer();
    await sql('UPDATE workspaces SET reconcile_done = reconcile_wanted WHERE id = :id::uuid', { id });
    await runTwice();
    const [row] = await sql(
      `SELECT reconcile_wanted - reconcile_done AS owed, reconcile_next_at <= clock_timestamp() AS due
       FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ owed: 1, due: true });
  });

  it.each([
    ['offline', 'provisioning', null],
    ['provisioning', 'provisioning', null],
    ['failed', 'failed', null],
    ['paused', 'paused', 'stop'],
    ['hibernated', 'hibernated', 'stop'],
  ] as const)('that had it %s has it %s, and owes no more than %s', async (status, then, owes) => {
    const { id, newer } = await withNewer({ status });
    await sql(
      `UPDATE workspaces SET ec2_op = 'launch', ec2_op_asked_at = clock_timestamp(), ec2_next_at = clock_timestamp(),
         stopped_by = 'user' WHERE id = :id::uuid`,
      { id },
    );
    await runTwice();
    expect(await rowOf(id)).toMatchObject({ status: then, instance_id: newer, ec2_op: owes, stopped_by: null });
    const [row] = await sql(
      'SELECT ec2_op_asked_at, ec2_next_at IS NULL AS never FROM workspaces WHERE id = :id::uuid',
      {
        id,
      },
    );
    expect(row).toEqual({ ec2_op_asked_at: null, never: owes === null });
  });

  it('adopts nothing for a workspace that was removed: removed is final, whatever the generation', async () => {
    const { id, newer } = await withNewer({ status: 'removed' });
    expect(await runTwice()).toMatchObject({ adopted: 0, terminated: 1 });
    expect(await stateOf(newer)).toBe('terminated');
    expect(await rowOf(id)).toMatchObject({ status: 'removed', generation: 1 });
  });

  it('adopts the highest of several generations, and ends the others once they are proved to be superseded', async () => {
    const { id, newer } = await withNewer();
    const newest = await plantTagged({ workspace: id, generation: 3 });
    const before = await plantTagged({ workspace: id, generation: 1 });
    await changeRow(id, { instance_id: before });
    expect(await runTwice()).toMatchObject({ adopted: 1, terminated: 0, alarms: 1 });
    expect(await rowOf(id)).toMatchObject({ generation: 3, instance_id: newest });
    expect(await runOrphans()).toMatchObject({ terminated: 0 });
    expect(await runOrphans()).toMatchObject({ terminated: 2 });
    expect([await stateOf(before), await stateOf(newer), await stateOf(newest)]).toEqual([
      'terminated',
      'terminated',
      'running',
    ]);
    expect(await beatOf(id, 3)).toBe(200);
  });

  it('leaves what it superseded itself to converge', async () => {
    const { id } = await withNewer();
    const previous = await plantTagged({ workspace: id, generation: 1 });
    await changeRow(id, { previous_instance_id: previous });
    expect(await runTwice()).toMatchObject({ adopted: 1 });
    expect(await runTwice()).toMatchObject({ terminated: 0, decisions: [] });
    expect(await stateOf(previous)).toBe('running');
  });

  it('raises a generation once by a statement that is sent twice', async () => {
    const { id, newer } = await withNewer();
    const input = {
      workspaceId: id,
      instanceId: newer,
      tagGeneration: 2,
      rowGeneration: 1,
      zone: null,
      stoppable: true,
      launchedAt: '2026-01-02T03:04:05Z',
      why: 'test',
      actor: 'test',
      requestId: 'r',
    };
    expect(await Promise.all([1, 2].map(() => store.adoptInstance(input)))).toEqual([{ id }, { id }]);
    expect(await beatOf(id, 2)).toBe(200);
    await store.adoptInstance(input);
    expect((await rowOf(id))?.['last_heartbeat_at']).not.toBe('-infinity');
    expect(await toldOf(id, 'instance_adopted')).toHaveLength(1);
    expect(await toldOf(id, 'registry_behind')).toHaveLength(1);
  });

  it.each([
    ['was removed', (id: string) => transition(id, 'remove', 'removed')],
    ['has launched a generation of its own', (id: string) => changeRow(id, { generation: 3 })],
    ['has begun to launch that very one', (id: string) => changeRow(id, { generation: 2, instance_id: null })],
  ])('adopts nothing for a workspace that %s meanwhile', async (_, change) => {
    const { id, newer } = await withNewer();
    await runOrphans();
    const adoptInstance: typeof store.adoptInstance = async (input) => {
      await change(id);
      return store.adoptInstance(input);
    };
    expect(await runOrphans({ over: { adoptInstance } })).toMatchObject({ adopted: 0 });
    expect((await rowOf(id))?.['instance_id']).not.toBe(newer);
  });
});
