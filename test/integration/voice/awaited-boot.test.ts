import { describe, expect, it } from 'vitest';
import { eventsOf, makeWorkspace, rowOf, transition } from '../../support/registry.ts';
import { heartbeat, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

type Owed = 'launch' | 'start' | 'reboot' | null;
type Asked = 'not asked' | 'asked';
type Instance = 'there' | 'none';
type Case<Voice> = readonly [
  status: keyof typeof WAYS,
  owed: Owed,
  asked: Asked,
  instance: Instance,
  voice: Voice,
  counts: boolean,
  why: string,
];

/** How long ago the status began, and EC2 was asked: of uptimes, 60 s lie between them, 20 s are after both. */
const STATUS_SECONDS = 100;
const ASKED_SECONDS = 40;

const WAYS = {
  provisioning: (id: string) => transition(id, 'restart', 'provisioning'),
  offline: (id: string) => transition(id, 'instance_stopped', 'offline'),
  degraded: (id: string) => transition(id, 'lease_expired', 'degraded'),
} as const;

/** A workspace that has registered as boot b1, and waits for what it owes. */
const waiting = async (status: keyof typeof WAYS, owed: Owed, asked: Asked, instance: Instance) => {
  const made = await makeWorkspace();
  const token = await made.token('runtime');
  await register(token, { id: made.id, boot_id: 'b1' });
  await WAYS[status](made.id);
  await sql(
    `UPDATE workspaces SET ec2_op = :owed::ec2_operation, stopped_by = 'muster',
       status_since = now() - make_interval(secs => :status_seconds::integer),
       ec2_op_asked_at = CASE WHEN :asked::boolean THEN now() - make_interval(secs => :asked_seconds::integer) END,
       instance_id = CASE WHEN :there::boolean THEN instance_id END
     WHERE id = :id::uuid`,
    {
      id: made.id,
      owed,
      asked: asked === 'asked',
      there: instance === 'there',
      status_seconds: STATUS_SECONDS,
      asked_seconds: ASKED_SECONDS,
    },
  );
  return { id: made.id, token };
};

const workspaceRow = (id: string) =>
  sql('SELECT to_jsonb(w)::text AS row FROM workspaces w WHERE w.id = :id::uuid', { id });

describe('a beat is believed to be of the awaited boot', () => {
  it.each<Case<number>>([
    ['provisioning', null, 'not asked', 'there', 5000, true, 'nothing is awaited'],
    ['provisioning', 'reboot', 'not asked', 'there', 5000, false, 'the old process has not been ended yet'],
    ['provisioning', 'reboot', 'not asked', 'there', 60, true, 'it began after the operator asked'],
    ['provisioning', 'reboot', 'asked', 'there', 60, false, 'it began before EC2 was asked'],
    ['provisioning', 'reboot', 'asked', 'there', 20, true, 'it began after EC2 was asked'],
    ['provisioning', 'start', 'not asked', 'there', 5000, false, 'it is the process that is being stopped'],
    ['provisioning', 'start', 'asked', 'there', 60, false, 'it began before EC2 was asked'],
    ['provisioning', 'launch', 'not asked', 'there', 5000, false, 'it is on the instance that is to be replaced'],
    ['provisioning', 'launch', 'not asked', 'none', 5000, false, 'its instance is gone'],
    [
      'provisioning',
      'launch',
      'asked',
      'none',
      5000,
      true,
      'only the new instance has the generation that is under way',
    ],
    ['offline', 'launch', 'not asked', 'there', 5000, true, 'it was only silent'],
    ['offline', 'start', 'not asked', 'there', 5000, true, 'it was only silent'],
    ['offline', 'start', 'asked', 'there', 60, false, 'it began before EC2 was asked'],
    ['offline', 'start', 'asked', 'there', 20, true, 'it began after EC2 was asked'],
    ['offline', 'launch', 'asked', 'none', 5000, true, 'only the new instance has the generation that is under way'],
    ['degraded', 'reboot', 'not asked', 'there', 5000, true, 'it was only silent'],
    ['degraded', 'reboot', 'asked', 'there', 5000, true, 'it is still there'],
  ])(
    '%s, owing %s (%s, instance %s), from a process of %i s: %s, because %s',
    async (status, owed, asked, instance, uptime_seconds, counts) => {
      const { id, token } = await waiting(status, owed, asked, instance);
      const before = await workspaceRow(id);
      const told = (await eventsOf(id)).length;
      const answer = await heartbeat(token, id, { uptime_seconds });
      const after = await rowOf(id);
      expect(answer).toMatchObject({ status: 200, body: { workspace_status: counts ? 'online' : status } });
      expect(after?.['last_heartbeat_at']).not.toBe('-infinity');
      // A launch that is under way still has to be recorded.
      const left = owed === 'launch' && asked === 'asked' ? 'launch' : null;
      if (counts) expect(after).toMatchObject({ status: 'online', ec2_op: left, stopped_by: null });
      else expect(await workspaceRow(id)).toEqual(before);
      expect(await eventsOf(id)).toHaveLength(told + (counts ? 1 : 0));
    },
  );

  it('also when it beats badly: the old process makes nothing degraded', async () => {
    const { id, token } = await waiting('provisioning', 'reboot', 'asked', 'there');
    await heartbeat(token, id, { uptime_seconds: 60, error_rate: 1 });
    expect(await rowOf(id)).toMatchObject({ status: 'provisioning', ec2_op: 'reboot' });
    await heartbeat(token, id, { uptime_seconds: 20, error_rate: 1 });
    expect(await rowOf(id)).toMatchObject({ status: 'degraded', ec2_op: null });
  });
});

describe('a register is believed to be of the awaited boot', () => {
  it.each<Case<string | undefined>>([
    ['provisioning', null, 'not asked', 'there', 'b1', true, 'nothing is awaited'],
    ['provisioning', 'reboot', 'not asked', 'there', 'b1', false, 'it is the boot that is to end'],
    ['provisioning', 'reboot', 'asked', 'there', 'b1', false, 'it is the boot that ends'],
    ['provisioning', 'reboot', 'asked', 'there', 'b2', true, 'it is another boot'],
    ['provisioning', 'reboot', 'asked', 'there', undefined, true, 'it does not say which boot it is'],
    ['provisioning', 'launch', 'not asked', 'there', 'b1', false, 'it is on the instance that is to be replaced'],
    [
      'provisioning',
      'launch',
      'asked',
      'none',
      'b1',
      true,
      'only the new instance has the generation that is under way',
    ],
    ['offline', 'launch', 'not asked', 'there', 'b1', true, 'it was only silent'],
    ['offline', 'start', 'asked', 'there', 'b1', false, 'it is the boot that ends'],
    ['offline', 'start', 'asked', 'there', 'b2', true, 'it is another boot'],
    ['offline', 'launch', 'asked', 'none', 'b1', true, 'only the new instance has the generation that is under way'],
    ['degraded', 'reboot', 'asked', 'there', 'b1', true, 'it is still there'],
  ])(
    '%s, owing %s (%s, instance %s), after b1 as %s: %s, because %s',
    async (status, owed, asked, instance, boot_id, counts) => {
      const { id, token } = await waiting(status, owed, asked, instance);
      const before = await workspaceRow(id);
      const told = (await eventsOf(id)).length;
      const answer = await register(token, { id, boot_id });
      expect(answer).toMatchObject({ status: 200, body: { workspace_status: counts ? 'online' : status } });
      const left = owed === 'launch' && asked === 'asked' ? 'launch' : null;
      if (counts) expect(await rowOf(id)).toMatchObject({ status: 'online', ec2_op: left, stopped_by: null });
      else expect(await workspaceRow(id)).toEqual(before);
      expect(await eventsOf(id)).toHaveLength(told + (counts ? 1 : 0));
    },
  );

  it('when it is the first that names its boot', async () => {
    const { id, token } = await waiting('provisioning', 'reboot', 'asked', 'there');
    await sql('UPDATE heartbeats SET boot_id = NULL WHERE workspace_id = :id::uuid', { id });
    expect((await register(token, { id, boot_id: 'b1' })).body.workspace_status).toBe('online');
  });

  it('and what it says of itself is kept although it is not', async () => {
    const { id, token } = await waiting('provisioning', 'reboot', 'asked', 'there');
    await register(token, { id, boot_id: 'b1', agent_version: '2.2' });
    const rows = await sql('SELECT status::text, agent_version FROM workspaces WHERE id = :id::uuid', { id });
    expect(rows).toEqual([{ status: 'provisioning', agent_version: '2.2' }]);
  });
});
