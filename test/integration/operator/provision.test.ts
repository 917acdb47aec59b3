import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it } from 'vitest';
import { handler as provisionHandler } from '../../../functions/provision/index.ts';
import { createProvision } from '../../../functions/provision/provision.ts';
import { provisionRequest } from '../../../functions/provision/schema.ts';
import { createLaunch } from '../../../lib/adapters/ec2/launch-instance.ts';
import { http } from '../../../lib/middleware/http.ts';
import { ec2, ec2Calls, ec2Faults, resetEc2Calls } from '../../support/ec2.ts';
import { httpEvent } from '../../support/events.ts';
import { LAUNCH_TEMPLATE_ID } from '../../support/provided.ts';
import {
  eventsOf,
  makeWorkspace,
  newInstanceId,
  rowOf,
  SEO_ALL,
  store,
  tokens,
  transition,
} from '../../support/registry.ts';
import { call, register } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';

const provision = (body: Record<string, unknown>) =>
  call(provisionHandler, httpEvent('POST /workspaces', { body: { name: 'shop', runtime: 'agent', ...body } }));

afterEach(async () => {
  await ec2Faults({});
});

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
    expect(registered.body.next_heartbeat_in_s).toBeLessThan(34);
  });

  it.each([
    ['InsufficientInstanceCapacity', 'failed'],
    ['UnauthorizedOperation', 'failed'],
  ])(
    'whose launch EC2 refuses (%s) is 503, and the workspace has failed with the reason',
    async (code, status) => {
      await ec2Faults({ errors: [{ action: 'RunInstances', code }] });
      const answer = await provision({});
      expect(answer).toMatchObject({ status: 503, body: { code: 'provision_failed', retry_after_seconds: 30 } });
      const id = String(answer.body.workspace_id);
      expect(await rowOf(id)).toMatchObject({ status });
      const last = (await eventsOf(id)).at(-1);
      expect(last).toMatchObject({ event: 'launch_failed', reason: 'launch_refused' });
      expect(JSON.parse(String(last?.['evidence']))).toEqual({ ec2_error: code });
    },
    20_000,
  );

  it('whose launch has no known result is 503 with its id, and the workspace waits', async () => {
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError' }] });
    await resetEc2Calls();
    const answer = await provision({});
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'provision_failed', workspace_id: expect.any(String) },
    });
    const id = String(answer.body.workspace_id);
    expect(await rowOf(id)).toMatchObject({ status: 'provisioning', instance_id: null });
    expect((await eventsOf(id)).map(({ event }) => event)).toEqual(['created', 'launch_unknown']);
    expect(Object.keys(await ec2Calls())).toEqual(['RunInstances']);
  }, 20_000);

  it.each(['RequestLimitExceeded', 'UnauthorizedOperation'])(
    'whose first try was answered 500, and whose second was refused (%s), has no known result: nothing has failed',
    async (code) => {
      // EC2 may have acted before it answered 500; a refusal that it decides before it looks at the client token says
      // nothing of that.
      const first = { action: 'RunInstances', code: 'InternalError', times: 1 };
      await ec2Faults({ errors: [first, { action: 'RunInstances', code }] });
      const answer = await provision({});
      expect(answer).toMatchObject({ status: 503, body: { code: 'provision_failed' } });
      const id = String(answer.body.workspace_id);
      expect(await rowOf(id)).toMatchObject({ status: 'provisioning', instance_id: null });
      expect((await eventsOf(id)).map(({ event }) => event)).toEqual(['created', 'launch_unknown']);
    },
    20_000,
  );

  it('whose instance cannot be recorded is 503 with its id, and the reason is not told', async () => {
    const failing = createProvision({
      store: { ...store, finaliseLaunch: () => Promise.reject(new Error('password=hunter2')) },
      tokens,
      launch: createLaunch(ec2),
      settings: { registryUrl: 'http://127.0.0.1:1', launchTemplateId: LAUNCH_TEMPLATE_ID, subnetIds: [] },
    });
    const body = provisionRequest({ allowLoopbackSources: true }).parse({ name: 'n', runtime: 'r' });
    const handler = http((request) => failing(body, 'operator', request.id));
    const answer = await call(handler, httpEvent('POST /workspaces'));
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'provision_failed', workspace_id: expect.any(String) },
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
});

describe('what comes of a launch', () => {
  const set = (change: string) => (id: string) => sql(`UPDATE workspaces SET ${change} WHERE id = :id::uuid`, { id });
  const launching = async () => {
    const { id } = await makeWorkspace();
    await set('instance_id = NULL')(id);
    return { id, of: { workspaceId: id, generation: 1, actor: 'late', requestId: 'r' } };
  };
  const instance = () => ({ instanceId: newInstanceId(), zone: null });

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
