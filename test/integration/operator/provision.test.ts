import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, it } from 'vitest';
import { handler as provisionHandler } from '../../../functions/provision/index.ts';
import { ec2, ec2Faults } from '../../support/ec2.ts';
import { httpEvent } from '../../support/events.ts';
import { eventsOf, rowOf, SEO_ALL } from '../../support/registry.ts';
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
      const [row] = await sql(`SELECT id::text, status::text FROM workspaces ORDER BY created_at DESC LIMIT 1`);
      expect(row?.['status']).toBe(status);
      const last = (await eventsOf(String(row?.['id']))).at(-1);
      expect(last).toMatchObject({ event: 'launch_failed', reason: 'launch_refused' });
      expect(JSON.parse(String(last?.['evidence']))).toEqual({ ec2_error: code });
    },
    20_000,
  );

  it('whose launch has no known result is 503, and the workspace waits', async () => {
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError' }] });
    expect(await provision({})).toMatchObject({ status: 503, body: { code: 'provision_failed' } });
    const [row] = await sql(`SELECT status::text FROM workspaces ORDER BY created_at DESC LIMIT 1`);
    expect(row).toEqual({ status: 'provisioning' });
  }, 20_000);
});
