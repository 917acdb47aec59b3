import { describe, expect, it } from 'vitest';
import type { Status } from '../../../lib/domain/status.ts';
import { eventsOf, makeWorkspace, newInstanceId, rowOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { convergesOf, order, writtenOf } from './ordering.ts';

const HOLDINGS = {
  'an instance': 'previous_instance_id = NULL',
  'an instance and a superseded one': 'previous_instance_id = :other::text',
  'a launch under way': `instance_id = NULL, ec2_op = 'launch', ec2_op_asked_at = now(), ec2_next_at = now()`,
  'a launch owed, and not begun': `instance_id = NULL, ec2_op = 'launch', ec2_next_at = now()`,
  'only a superseded instance': 'instance_id = NULL, previous_instance_id = :other::text',
  'no instance': 'instance_id = NULL',
} as const;

type Holding = keyof typeof HOLDINGS;

const holding = async (status: Status, what: Holding) => {
  const { id } = await makeWorkspace({ status });
  const change = HOLDINGS[what];
  await sql(`UPDATE workspaces SET ${change} WHERE id = :id::uuid`, {
    id,
    ...(change.includes(':other') ? { other: newInstanceId() } : {}),
  });
  return id;
};

describe('what a command owes EC2', () => {
  it.each<[string, Status, Holding, string | null]>([
    ['pause', 'online', 'an instance', 'stop'],
    ['pause', 'offline', 'an instance', 'stop'],
    ['pause', 'provisioning', 'a launch under way', 'stop'],
    ['pause', 'offline', 'a launch owed, and not begun', null],
    ['pause', 'offline', 'only a superseded instance', null],
    ['pause', 'failed', 'no instance', null],
    ['hibernate', 'degraded', 'an instance', 'stop'],
    ['hibernate', 'online', 'a launch under way', 'stop'],
    ['hibernate', 'online', 'no instance', null],
    ['resume', 'paused', 'an instance', 'start'],
    ['resume', 'paused', 'only a superseded instance', 'launch'],
    ['resume', 'paused', 'no instance', 'launch'],
    ['wake', 'hibernated', 'an instance', 'start'],
    ['wake', 'hibernated', 'no instance', 'launch'],
    ['restart', 'online', 'an instance', 'reboot'],
    ['restart', 'offline', 'an instance and a superseded one', 'reboot'],
    ['restart', 'online', 'a launch under way', 'launch'],
    ['restart', 'offline', 'a launch owed, and not begun', 'launch'],
    ['restart', 'offline', 'only a superseded instance', 'launch'],
    ['restart', 'failed', 'no instance', 'launch'],
    ['restart?replace=true', 'online', 'an instance', 'launch'],
    ['restart?replace=true', 'failed', 'no instance', 'launch'],
    ['remove', 'online', 'an instance', 'terminate'],
    ['remove', 'paused', 'an instance and a superseded one', 'terminate'],
    ['remove', 'provisioning', 'a launch under way', 'terminate'],
    ['remove', 'offline', 'a launch owed, and not begun', null],
    ['remove', 'offline', 'only a superseded instance', 'terminate'],
    ['remove', 'failed', 'no instance', null],
  ])('%s in %s, with %s, is %s', async (asked, status, what, owed) => {
    const [command = '', query] = asked.split('?');
    const id = await holding(status, what);
    const answer = await order(command, id, query === undefined ? undefined : { replace: 'true' });
    expect(answer).toMatchObject({ status: 202, body: { owed_operation: owed, changed: true } });
    const [row] = await sql(
      `SELECT ec2_op::text, ec2_op_asked_at IS NOT NULL AS asked, ec2_next_at <= clock_timestamp() AS due
       FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    // The launch that is under way is the one that a restart owes.
    const isUnderWay = owed === 'launch' && what === 'a launch under way';
    expect(row).toEqual({ ec2_op: owed, asked: isUnderWay, due: owed === null ? null : true });
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      event: command,
      owes: owed,
      evidence: query === undefined ? '{}' : '{"replace": true}',
    });
    expect(convergesOf(id)).toBe(owed === null ? 0 : 1);
  });

  it.each(['restart', 'pause', 'hibernate', 'remove'])('%s comes with a fresh budget, and at once', async (command) => {
    const { id } = await makeWorkspace({ status: 'online' });
    await sql('UPDATE workspaces SET ec2_attempts = 5 WHERE id = :id::uuid', { id });
    await order(command, id);
    const [row] = await sql(
      `SELECT ec2_attempts, ec2_next_at <= clock_timestamp() AS due FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    expect(row).toEqual({ ec2_attempts: 0, due: true });
  });
});

describe('an external workspace', () => {
  const external = (status: Status) => makeWorkspace({ launch: null, restartPolicy: 'never', status });

  it.each<[string, Status, Status]>([
    ['pause', 'online', 'paused'],
    ['resume', 'paused', 'provisioning'],
    ['hibernate', 'online', 'hibernated'],
    ['wake', 'hibernated', 'provisioning'],
    ['remove', 'online', 'removed'],
  ])('owes EC2 nothing by %s in %s, and is %s', async (command, status, then) => {
    const { id } = await external(status);
    expect(await order(command, id)).toMatchObject({
      status: 202,
      body: { status: then, owed_operation: null, changed: true },
    });
    expect(await rowOf(id)).toMatchObject({ status: then, ec2_op: null });
    expect(convergesOf(id)).toBe(0);
  });

  it.each<[Status, number, string]>([
    ['provisioning', 409, 'workspace_external'],
    ['online', 409, 'workspace_external'],
    ['paused', 409, 'workspace_external'],
    ['removed', 410, 'workspace_removed'],
  ])('in %s cannot be restarted: %i %s', async (status, code, name) => {
    const { id } = await external(status);
    const before = await writtenOf(id);
    expect(await order('restart', id)).toMatchObject({ status: code, body: { code: name } });
    expect(await writtenOf(id)).toEqual(before);
  });

  it('is not told that a restart is allowed', async () => {
    const { id } = await external('offline');
    expect((await order('resume', id)).body).toMatchObject({ allowed: ['pause', 'remove'] });
  });
});

describe('a boot that a command asks for', () => {
  const closed = async (status: Status) => {
    const { id } = await makeWorkspace({ status, bootTimeoutSeconds: 90 });
    await sql(`UPDATE workspaces SET stopped_by = 'user' WHERE id = :id::uuid`, { id });
    await sql(
      `UPDATE heartbeats SET bootstrap_open = false, bootstrap_opened_at = now() - interval '1 day',
         bootstrap_until = now() - interval '1 day', boot_id = 'b1', token_version = 3, generation = 1
       WHERE workspace_id = :id::uuid`,
      { id },
    );
    return id;
  };
  const bootOf = async (id: string) => {
    const [row] = await sql(
      `SELECT w.stopped_by, h.bootstrap_open, h.bootstrap_opened_at > now() - interval '10 seconds' AS opened_now,
         h.bootstrap_until BETWEEN now() + interval '170 seconds' AND now() + interval '180 seconds' AS twice_the_time,
         h.boot_id, h.token_version
       FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id WHERE w.id = :id::uuid`,
      { id },
    );
    return row;
  };
  const untouched = { boot_id: 'b1', token_version: 3 };

  it.each([
    ['restart', 'offline'],
    ['resume', 'paused'],
    ['wake', 'hibernated'],
  ] as const)(
    '%s opens the bootstrap token for twice the boot timeout, and ends the hold of a person',
    async (command, status) => {
      const id = await closed(status);
      await order(command, id);
      const opened = { bootstrap_open: true, opened_now: true, twice_the_time: true };
      expect(await bootOf(id)).toEqual({ stopped_by: null, ...opened, ...untouched });
    },
  );

  it.each(['pause', 'hibernate', 'remove'])(
    '%s asks for none: the token stays closed, and the hold',
    async (command) => {
      const id = await closed('online');
      await order(command, id);
      const still = { bootstrap_open: false, opened_now: false, twice_the_time: false };
      expect(await bootOf(id)).toEqual({ stopped_by: 'user', ...still, ...untouched });
    },
  );
});
