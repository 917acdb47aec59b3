import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { handler as provisionHandler } from '../../../functions/provision/index.ts';
import { ec2 } from '../../support/ec2.ts';
import { httpEvent } from '../../support/events.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import { eventsOf, makeWorkspace, newInstanceId, rowOf, SEO_ALL, store, transition } from '../../support/registry.ts';
import { call, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const provision = (body: Record<string, unknown>) =>
  call(provisionHandler, httpEvent('POST /workspaces', { body: { name: 'shop', runtime: 'agent', ...body } }));

describe('POST /workspaces', () => {
  it('makes the row, starts one instance that is tagged as ours, and joins the two', async () => {
    const answer = await provision({ declaration: SEO_ALL, labels: { team: 'a' } });
    expect(answer).toMatchObject({ status: 201, body: { status: 'provisioning', generation: 1 } });
    const { id, instance_id } = answer.body;
    expect(await rowOf(id)).toMatchObject({ status: 'provisioning', instance_id, generation: 1 });
    expect((await eventsOf(id)).map(({ event, actor }) => [event, actor])).toEqual([
      ['created', 'operator'],
      ['instance_launched', 'operator'],
    ]);
    const [registry] = await sql('SELECT id::text FROM registry_identity');
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'tag:muster:workspace', Values: [id] }] }),
    );
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    expect(instances).toHaveLength(1);
    expect(instances[0]?.InstanceId).toBe(instance_id);
    expect(Object.fromEntries((instances[0]?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      'muster:registry': registry?.['id'],
      'muster:workspace': id,
      'muster:generation': '1',
      Name: 'shop',
    });
    expect(await sql('SELECT version, actor FROM declarations WHERE workspace_id = :id::uuid', { id })).toEqual([
      { version: 1, actor: 'operator' },
    ]);
  });

  it('keeps what it is given, and launches under a client token of its id and generation', async () => {
    const given = { restart_policy: 'on_silence', boot_timeout_seconds: 90, idle_minutes: 7 };
    const { id, instance_id } = (await provision({ ...given, labels: { team: 'a' } })).body;
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const rows = await sql(
      `SELECT restart_policy::text, boot_timeout_seconds, idle_minutes, labels::text,
         launch ->> 'launch_template_id' AS template, availability_zone LIKE 'us-east-1_' AS placed
       FROM workspaces WHERE id = :id::uuid`,
      { id },
    );
    expect(rows).toEqual([{ ...given, labels: '{"team": "a"}', template: LAUNCH_TEMPLATE_ID, placed: true }]);
    const byToken = { Filters: [{ Name: 'client-token', Values: [`${id}-1`] }] };
    expect(await ec2.send(new DescribeInstancesCommand(byToken))).toMatchObject({
      Reservations: [{ Instances: [{ InstanceId: instance_id }] }],
    });
  });

  it('names the IAM principal that called', async () => {
    const event = httpEvent('POST /workspaces', { body: { name: 'n', runtime: 'agent' } });
    const signed = {
      ...event,
      requestContext: { ...event.requestContext, authorizer: { iam: { userArn: 'arn:aws:iam::1:user/ann' } } },
    };
    const { body } = await call(provisionHandler, signed);
    expect((await eventsOf(body.id))[0]).toMatchObject({ actor: 'operator:arn:aws:iam::1:user/ann' });
  });

  it('gives an external workspace its first token and no instance', async () => {
    const { status, body } = await provision({ external: true });
    expect({ status, instance: body.instance_id }).toEqual({ status: 201, instance: null });
    const registered = await register(body.bootstrap_token, { id: body.id, boot_id: 'b1' });
    expect(registered).toMatchObject({ status: 200, body: { workspace_status: 'online' } });
    expect(registered.body.next_heartbeat_in_s).toBeLessThanOrEqual(45);
  });
});

describe('what comes of a launch', () => {
  const set = (change: string) => (id: string) => sql(`UPDATE workspaces SET ${change} WHERE id = :id::uuid`, { id });
  const launching = async () => {
    const { id } = await makeWorkspace();
    await set('instance_id = NULL')(id);
    return { id, of: { workspaceId: id, generation: 1, actor: 'late', requestId: 'r' } };
  };
  const instance = () => ({ instanceId: newInstanceId(), zone: null, stoppable: true });

  it.each([
    ['is of the next generation', set('generation = 2')],
    ['has another instance', set(`instance_id = 'i-other'`)],
    ['is removed', (id: string) => transition(id, 'remove', 'removed')],
  ])('is not written into a workspace that meanwhile %s', async (_, change) => {
    const { id, of } = await launching();
    await change(id);
    const before = [await rowOf(id), await eventsOf(id)];
    expect(await store.finaliseLaunch({ ...of, instance: instance() })).toBeUndefined();
    expect(await store.failLaunch({ ...of, ec2Error: 'x' })).toBeUndefined();
    expect([await rowOf(id), await eventsOf(id)]).toEqual(before);
  });

  it('is written, and no status moved, when the runtime registered before', async () => {
    const { id, of } = await launching();
    await transition(id, 'register', 'online');
    expect(await store.failLaunch({ ...of, ec2Error: 'x' })).toBeUndefined();
    expect(await store.finaliseLaunch({ ...of, instance: instance() })).toEqual({ status: 'online' });
  });
});
