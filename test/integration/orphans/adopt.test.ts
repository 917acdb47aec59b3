import { describe, expect, it } from 'vitest';
import { rowOf, store, transition } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { changeRow, plantTagged, runTwice, toldOf, useOwnRegistry, withUnrecorded } from './run-orphans.ts';

useOwnRegistry();

const operationOf = async (id: string) => {
  const [row] = await sql(
    `SELECT ec2_op::text, ec2_op_asked_at IS NOT NULL AS asked, ec2_next_at <= clock_timestamp() AS due,
       stopped_by, ec2_lease
     FROM workspaces WHERE id = :id::uuid`,
    { id },
  );
  return row;
};

/** The row as it stands while the launch of its generation is under way, held for so many seconds more. */
const underWay = async (id: string, heldSeconds: number) => {
  await sql(
    `UPDATE workspaces SET ec2_op = 'launch', ec2_op_asked_at = clock_timestamp(), ec2_next_at = clock_timestamp(),
       ec2_lease = gen_random_uuid(), ec2_lease_until = clock_timestamp() + make_interval(secs => :held::integer),
       instance_id = NULL, launched_at = NULL, boot_asked_at = NULL
     WHERE id = :id::uuid`,
    { id, held: heldSeconds },
  );
};

describe('an instance of the generation of a row that has none', () => {
  it('is adopted with what EC2 says of it, and its runtime beats on', async () => {
    const launchTime = '2026-01-02T03:04:05.000Z';
    const { id, orphan, token } = await withUnrecorded({ status: 'offline' }, { launchTime, zone: 'us-east-1b' });
    await sql(
      `UPDATE workspaces SET launched_at = NULL, boot_asked_at = NULL, absent_seen = 2, absent_since = now()
       WHERE id = :id::uuid`,
      { id },
    );
    expect(await runTwice()).toMatchObject({ adopted: 1, alarms: 0 });
    const [row] = await sql(
      `SELECT instance_id, availability_zone, stoppable, launched_at::text, absent_seen, absent_since,
         boot_asked_at > now() - interval '1 minute' AS boots_now
       FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({
      instance_id: orphan,
      availability_zone: 'us-east-1b',
      stoppable: true,
      launched_at: expect.stringContaining('2026-01-02 03:04:05'),
      absent_seen: 0,
      absent_since: null,
      boots_now: true,
    });
    expect((await heartbeat(await token('runtime'), id)).status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ status: 'online', generation: 1 });
  });

  it('is told of with both generations and why', async () => {
    const { id, orphan } = await withUnrecorded();
    await runTwice();
    const [told, ...more] = await toldOf(id, 'instance_adopted');
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      actor: 'orphans',
      request_id: 'run',
      generation: 1,
      instance_id: orphan,
      reason: 'not_recorded',
      evidence: { tag_generation: 1, row_generation: 1, why: 'not_recorded', replaced_instance_id: null },
    });
  });

  it('keeps when it was launched and asked to boot, where the row knows', async () => {
    const { id } = await withUnrecorded();
    const times = () =>
      sql('SELECT launched_at::text, boot_asked_at::text FROM workspaces WHERE id = :id::uuid', { id });
    const before = await times();
    expect(before[0]?.['boot_asked_at']).not.toBeNull();
    await runTwice();
    expect(await times()).toEqual(before);
  });

  it('is one that cannot be stopped where EC2 says so', async () => {
    const { id } = await withUnrecorded({}, { market: 'spot-one-time' });
    await runTwice();
    const [row] = await sql('SELECT stoppable FROM workspaces WHERE id = :id::uuid', { id });
    expect(row).toEqual({ stoppable: false });
  });

  it('is left while somebody holds its launch, which records it', async () => {
    const { id } = await withUnrecorded();
    await underWay(id, 60);
    expect(await runTwice()).toMatchObject({ seen: 1, adopted: 0, decisions: [] });
    expect(await rowOf(id)).toMatchObject({ instance_id: null, ec2_op: 'launch' });
  });

  it.each([
    ['provisioning', 'provisioning', []],
    ['online', 'online', []],
    ['failed', 'failed', []],
    ['offline', 'provisioning', [{ reason: 'adopted', from_status: 'offline', to_status: 'provisioning' }]],
  ] as const)(
    'ends a launch that nobody holds any more: from %s the workspace is %s',
    async (status, then, launched) => {
      const { id, orphan } = await withUnrecorded({ status });
      await underWay(id, -1);
      expect(await runTwice()).toMatchObject({ adopted: 1 });
      expect(await rowOf(id)).toMatchObject({ status: then, instance_id: orphan });
      expect(await operationOf(id)).toMatchObject({ ec2_op: null, asked: false, due: null, ec2_lease: null });
      expect(await toldOf(id, 'launched')).toMatchObject(launched);
      expect(await toldOf(id, 'instance_adopted')).toHaveLength(1);
    },
  );

  it('leaves a launch owed that was not begun: its tokens are dead, so it would stay silent', async () => {
    const { id, orphan } = await withUnrecorded({ status: 'online' });
    await changeRow(id, { instance_id: orphan });
    await transition(id, 'instance_gone', 'offline', 'launch');
    await changeRow(id, { instance_id: null });
    const owed = await operationOf(id);
    expect(owed).toMatchObject({ ec2_op: 'launch', due: false });
    expect(await runTwice()).toMatchObject({ adopted: 1 });
    expect(await rowOf(id)).toMatchObject({ status: 'offline', instance_id: orphan });
    expect(await operationOf(id)).toEqual(owed);
  });

  it.each(['paused', 'hibernated'] as const)('has to be stopped where the workspace is %s', async (status) => {
    const { id, orphan } = await withUnrecorded({ status });
    expect(await runTwice()).toMatchObject({ adopted: 1 });
    expect(await rowOf(id)).toMatchObject({ status, instance_id: orphan });
    expect(await operationOf(id)).toMatchObject({ ec2_op: 'stop', asked: false, due: true });
  });

  it('is an alarm, and neither is touched, where the row has another instance', async () => {
    const { id } = await withUnrecorded({ status: 'online' });
    const other = await plantTagged({ workspace: id, generation: 1 });
    await changeRow(id, { instance_id: other });
    expect(await runTwice()).toMatchObject({ adopted: 0, terminated: 0, alarms: 1, counted: { OrphanAlarm: 1 } });
    expect(await rowOf(id)).toMatchObject({ instance_id: other });
  });

  it('is an alarm where there are two of them, and none is adopted', async () => {
    const { id } = await withUnrecorded();
    await plantTagged({ workspace: id, generation: 1 });
    expect(await runTwice()).toMatchObject({ adopted: 0, terminated: 0, alarms: 2 });
    expect(await rowOf(id)).toMatchObject({ instance_id: null });
  });

  it('is adopted once by a statement that is sent twice, also at once', async () => {
    const { id, orphan } = await withUnrecorded();
    const input = {
      workspaceId: id,
      instanceId: orphan,
      tagGeneration: 1,
      rowGeneration: 1,
      zone: null,
      stoppable: true,
      launchedAt: '2026-01-02T03:04:05Z',
      why: 'test',
      actor: 'test',
      requestId: 'r',
    };
    const answers = await Promise.all([1, 2, 3].map(() => store.adoptInstance(input)));
    expect(answers).toEqual([{ id }, { id }, { id }]);
    expect(await store.adoptInstance(input)).toEqual({ id });
    expect(await toldOf(id, 'instance_adopted')).toHaveLength(1);
  });
});
