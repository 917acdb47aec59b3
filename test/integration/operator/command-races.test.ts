import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { commandWorkspace } from '../../../lib/adapters/rds-data/statements/command-workspace.ts';
import { flipInstances } from '../../../lib/adapters/rds-data/statements/flip-instances.ts';
import { recordHeartbeat } from '../../../lib/adapters/rds-data/statements/record-heartbeat.ts';
import type { Command } from '../../../lib/domain/command.ts';
import type { Status } from '../../../lib/domain/status.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { beatRecord } from '../../support/records.ts';
import { eventsOf, makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { order, writtenOf } from './ordering.ts';

const { behind, other, untilBlocked } = useConnections();

const input = (command: Command, workspaceId: string, replace = false) => ({
  workspaceId,
  command,
  replace,
  actor: 'operator',
  requestId: randomUUID(),
});

/** The command, in a transaction that is still open. */
const uncommitted = (command: Command, id: string) => (transactionId: string) =>
  database.run(commandWorkspace, input(command, id), transactionId);

const movesOf = async (id: string) =>
  (await eventsOf(id)).filter(({ from_status }) => from_status !== null).map(({ event }) => event);

describe('invariant 4: of racing commands exactly one makes the transition', () => {
  it('20 pauses at once are one event, and all are answered alike', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => order('pause', id)));
    expect(answers.map(({ status, body }) => [status, body.status, body.owed_operation])).toEqual(
      Array.from({ length: 20 }, () => [202, 'paused', 'stop']),
    );
    expect(answers.filter(({ body }) => body.changed)).toHaveLength(1);
    expect(await movesOf(id)).toEqual(['register', 'pause']);
  });

  it('a removal commits while a pause waits: the pause is 410, and nothing is written', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const late = await behind(uncommitted('remove', id), () => order('pause', id));
    expect(late).toMatchObject({ status: 410, body: { code: 'workspace_removed' } });
    expect(await rowOf(id)).toMatchObject({ status: 'removed', ec2_op: 'terminate' });
    expect(await movesOf(id)).toEqual(['register', 'remove']);
  });

  it('a pause commits while a removal waits: both are done, and the end is what is owed', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const late = await behind(uncommitted('pause', id), () => order('remove', id));
    expect(late).toMatchObject({ status: 202, body: { owed_operation: 'terminate', changed: true } });
    expect(await rowOf(id)).toMatchObject({ status: 'removed', ec2_op: 'terminate' });
    expect(await movesOf(id)).toEqual(['register', 'pause', 'remove']);
  });

  it('a resume commits while a pause waits: it is paused again, and its stop is owed', async () => {
    const { id } = await makeWorkspace({ status: 'paused' });
    const late = await behind(uncommitted('resume', id), () => order('pause', id));
    expect(late).toMatchObject({ status: 202, body: { status: 'paused', owed_operation: 'stop', changed: true } });
    expect(await movesOf(id)).toEqual(['pause', 'resume', 'pause']);
  });
});

describe('a hibernation and a beat at the same time', () => {
  it('a beat with a task commits while the hibernation waits: 409, and nothing is written', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    const late = await behind(
      (transactionId) => database.run(recordHeartbeat, beatRecord(id, { active_tasks: 2 }), transactionId),
      () => order('hibernate', id),
    );
    expect(late).toMatchObject({ status: 409, body: { code: 'active_tasks' } });
    expect(await rowOf(id)).toMatchObject({ status: 'online', ec2_op: null });
    expect(await movesOf(id)).toEqual(['register']);
  });

  it('a beat without a task commits while the hibernation waits: hibernated', async () => {
    const made = await makeWorkspace({ status: 'online' });
    await heartbeat(await made.token('runtime'), made.id, { active_tasks: 2 });
    const late = await behind(
      (transactionId) => database.run(recordHeartbeat, beatRecord(made.id), transactionId),
      () => order('hibernate', made.id),
    );
    expect(late).toMatchObject({ status: 202, body: { status: 'hibernated', changed: true } });
  });

  it('the hibernation commits while a beat with a task waits: the beat is 409, and nothing of it is kept', async () => {
    const made = await makeWorkspace({ status: 'online' });
    const token = await made.token('runtime');
    const late = await behind(uncommitted('hibernate', made.id), () => heartbeat(token, made.id, { active_tasks: 2 }));
    expect(late).toMatchObject({ status: 409, body: { code: 'workspace_hibernated' } });
    const [row] = await sql('SELECT active_tasks FROM heartbeats WHERE workspace_id = :id::uuid', { id: made.id });
    expect(row).toEqual({ active_tasks: 0 });
  });

  it('that is there already asks no task', async () => {
    const { id } = await makeWorkspace({ status: 'hibernated' });
    await sql('UPDATE heartbeats SET active_tasks = 1 WHERE workspace_id = :id::uuid', { id });
    expect(await order('hibernate', id)).toMatchObject({ status: 202, body: { changed: false } });
  });
});

describe('a restart and a flip at the same time', () => {
  it('the flip commits while the restart waits: the restart finds no instance, and launches', async () => {
    const { id, instanceId } = await makeWorkspace({ status: 'online' });
    const flip = {
      rows: [
        {
          workspace_id: id,
          instance_id: instanceId,
          generation: 1,
          asked_at: '2099-01-01',
          event: 'instance_gone',
          reason: 'terminated',
          evidence: {},
          terminated: true,
          stopped_by_user: false,
        },
      ],
      fence: null,
      actor: 'sweep',
      requestId: 'r',
    } as const;
    const late = await behind(
      (transactionId) => database.run(flipInstances, flip, transactionId),
      () => order('restart', id),
    );
    expect(late).toMatchObject({ status: 202, body: { status: 'provisioning', owed_operation: 'launch' } });
    expect(await movesOf(id)).toEqual(['register', 'instance_gone', 'restart']);
  });
});

describe('the lock order, heartbeats before workspaces', () => {
  it.each([
    ['restart', 'online'],
    ['hibernate', 'online'],
    ['resume', 'paused'],
    ['remove', 'online'],
    ['reissue-token', 'online'],
  ] as const)('%s holds no workspace while it waits for its heartbeats', async (command, status) => {
    const { id } = await makeWorkspace({ status });
    await other.query('BEGIN');
    await other.query('SELECT 1 FROM heartbeats WHERE workspace_id = $1 FOR NO KEY UPDATE', [id]);
    const late = order(command, id);
    await untilBlocked();
    const free = await other.query('SELECT 1 FROM workspaces WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED', [id]);
    await other.query('COMMIT');
    expect(free.rowCount).toBe(1);
    expect((await late).status).toBe(202);
  });
});

describe('a command whose answer was lost, and which is sent again', () => {
  it.each<[Command, Status, boolean]>([
    ['restart', 'online', false],
    ['restart', 'online', true],
    ['restart', 'failed', true],
    ['pause', 'online', false],
    ['resume', 'paused', false],
    ['hibernate', 'online', false],
    ['wake', 'hibernated', false],
    ['remove', 'online', false],
  ])('%s in %s (replace: %s) is done once, and answered', async (command, status, replace) => {
    const { id } = await makeWorkspace({ status });
    const same = input(command, id, replace);
    const first = await store.commandWorkspace(same);
    const written = await writtenOf(id);
    expect(await store.commandWorkspace(same)).toEqual({ ...first, effect: 'already' });
    expect(await writtenOf(id)).toEqual(written);
  });
});
