import { beforeEach, describe, expect, it } from 'vitest';
import { expireBoots } from '../../../lib/adapters/rds-data/statements/expire-boots.ts';
import { hibernateIdle } from '../../../lib/adapters/rds-data/statements/hibernate-idle.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import { recordRegister } from '../../../lib/adapters/rds-data/statements/record-register.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord, registerRecord } from '../../support/records.ts';
import { eventsOf, rowOf, store } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { BATCH, booting, forgetEarlier, resting } from './aged.ts';

const { other, untilBlocked, behind } = useConnections();

const BOOTS = { ...BATCH, maxAttempts: 5 };
const LONG_AGO = { busyMinutes: 600, statusMinutes: 600 } as const;

/** Begins `late` behind changes of another connection that are committed once it waits. */
const behindChanges = async <Late>(changes: readonly string[], id: string, late: () => Promise<Late>) => {
  await other.query('BEGIN');
  for (const change of changes) await other.query(change, [id]);
  const begun = late();
  await untilBlocked();
  await other.query('COMMIT');
  return begun;
};

beforeEach(forgetEarlier);

describe('a boot that times out and a voice at the same time', () => {
  it.each([
    [
      'register',
      (id: string, transaction: string) =>
        database.run(recordRegister, registerRecord(id, { boot_id: 'b1' }), transaction),
    ],
    ['beat', (id: string, transaction: string) => database.run(recordHeartbeat, beatRecord(id), transaction)],
  ] as const)('a %s commits while the time-out waits: it keeps its workspace', async (_, voice) => {
    const { id } = await booting(700);
    const late = await behind(
      (transaction) => voice(id, transaction),
      () => store.expireBoots(BOOTS),
    );
    expect(late).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'online', ec2_op: null });
  });

  it('the time-out commits while a register waits: it brings its workspace back, and nothing is owed', async () => {
    const made = await booting(700);
    const token = await made.token('runtime');
    const late = await behind(
      (transaction) => database.run(expireBoots, BOOTS, transaction),
      () => register(token, { id: made.id, boot_id: 'b1' }),
    );
    expect(late).toMatchObject({ status: 200, body: { workspace_status: 'online' } });
    expect((await eventsOf(made.id)).slice(-2).map(({ event }) => event)).toEqual(['boot_timed_out', 'register']);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online', ec2_op: null });
  });
});

describe('a boot that times out while its row moves on', () => {
  it.each([
    [
      'its next generation is launched',
      [
        'UPDATE heartbeats SET generation = 2 WHERE workspace_id = $1',
        `UPDATE workspaces SET generation = 2, instance_id = NULL, boot_asked_at = NULL, ec2_op = 'launch',
         ec2_op_asked_at = clock_timestamp() WHERE id = $1`,
      ],
    ],
    ['its generation is raised where the beats are', ['UPDATE heartbeats SET generation = 2 WHERE workspace_id = $1']],
    ['EC2 agrees to boot it again', ['UPDATE workspaces SET boot_asked_at = clock_timestamp() WHERE id = $1']],
    ['a person stops it', [`UPDATE workspaces SET stopped_by = 'user' WHERE id = $1`]],
  ])('%s: it does not', async (_, changes) => {
    const { id } = await booting(700);
    const told = await eventsOf(id);
    expect(await behindChanges(changes, id, () => store.expireBoots(BOOTS))).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'provisioning' });
    expect(await eventsOf(id)).toEqual(told);
  });
});

describe('a workspace that hibernates and a beat at the same time', () => {
  it('a beat with a task commits while the hibernation waits: it stays awake', async () => {
    const { id } = await resting(LONG_AGO);
    const late = await behind(
      (transaction) => database.run(recordHeartbeat, beatRecord(id, { active_tasks: 1 }), transaction),
      () => store.hibernateIdle(BATCH),
    );
    expect(late).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'online', ec2_op: null });
  });

  it('a beat whose last task has ended commits while the hibernation waits: it stays awake', async () => {
    const made = await resting(LONG_AGO);
    const late = await behind(
      (transaction) => database.run(recordHeartbeat, beatRecord(made.id, { current_task: 'done' }), transaction),
      () => store.hibernateIdle(BATCH),
    );
    expect(late).toEqual([]);
    expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
  });

  it('a beat with nothing new commits while the hibernation waits: it hibernates', async () => {
    const { id } = await resting(LONG_AGO);
    const late = await behind(
      (transaction) => database.run(recordHeartbeat, beatRecord(id), transaction),
      () => store.hibernateIdle(BATCH),
    );
    expect(late).toEqual([{ id, owes: 'stop' }]);
  });

  it('the hibernation commits while a beat with a task waits: 409, and it stays hibernated', async () => {
    const made = await resting(LONG_AGO);
    const token = await made.token('runtime');
    const late = await behind(
      (transaction) => database.run(hibernateIdle, BATCH, transaction),
      () => heartbeat(token, made.id, { active_tasks: 1 }),
    );
    expect(late).toMatchObject({ status: 409, body: { code: 'workspace_hibernated' } });
    expect(await rowOf(made.id)).toMatchObject({ status: 'hibernated', last_heartbeat_at: '-infinity' });
  });

  it.each([
    ['its generation is raised', ['UPDATE heartbeats SET generation = 2 WHERE workspace_id = $1']],
    ['it comes online anew', ['UPDATE workspaces SET status_since = clock_timestamp() WHERE id = $1']],
    ['it has a task', ['UPDATE heartbeats SET active_tasks = 1 WHERE workspace_id = $1']],
    ['its lease runs out', ['UPDATE heartbeats SET lease_until = now() WHERE workspace_id = $1']],
    ['its idle_minutes are taken away', ['UPDATE workspaces SET idle_minutes = NULL WHERE id = $1']],
  ])('%s while the hibernation waits: it stays awake', async (_, changes) => {
    const { id } = await resting(LONG_AGO);
    expect(await behindChanges(changes, id, () => store.hibernateIdle(BATCH))).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ status: 'online' });
  });
});
