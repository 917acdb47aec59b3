import { afterEach, describe, expect, it } from 'vitest';
import { converge, create, instancesOf, owedOf } from '../../support/converge.ts';
import { ec2Calls, ec2Faults, resetEc2Calls } from '../../support/ec2.ts';
import { eventsOf } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';

afterEach(async () => {
  await ec2Faults({});
});

const refuse = (code: string) => ec2Faults({ errors: [{ action: 'RunInstances', code }] });
const workspaces = async () => (await sql('SELECT count(*) AS n FROM workspaces'))[0]?.['n'];

describe('a launch that EC2 refuses', () => {
  it.each([
    ['no capacity', 'InsufficientInstanceCapacity', 503, 'provision_failed', undefined],
    ['a spent quota', 'VcpuLimitExceeded', 502, 'launch_not_permitted', undefined],
    ['a missing right', 'UnauthorizedOperation', 502, 'launch_not_permitted', undefined],
    ['a bad image in the template', 'InvalidAMIID.NotFound', 422, 'invalid_launch', 'launch.launch_template_id'],
    ['a bad subnet', 'InvalidSubnetID.NotFound', 422, 'invalid_launch', 'launch.subnet_id'],
  ])('for %s (%s) is %i %s, and the workspace has failed with the reason', async (_, code, status, name, field) => {
    await refuse(code);
    const answer = await create();
    expect(answer).toMatchObject({ status, body: { code: name } });
    expect(answer.body.errors?.[0]?.field).toBe(field);
    const id = String(answer.body.workspace_id);
    expect(await owedOf(id)).toMatchObject({ status: 'failed', op: null, instance_id: null, leased: null });
    const last = (await eventsOf(id)).at(-1);
    expect(last).toMatchObject({ event: 'launch_failed', reason: 'launch_refused' });
    expect(JSON.parse(String(last?.['evidence']))).toEqual({ ec2_error: code });
  });

  it('for the rate of our calls is 503, but owed, not failed: converge launches it', async () => {
    await refuse('RequestLimitExceeded');
    const answer = await create();
    expect(answer).toMatchObject({ status: 503, body: { code: 'provision_failed' } });
    const id = String(answer.body.workspace_id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'launch', leased: null });
    await ec2Faults({});
    await converge(id);
    expect(await instancesOf(id)).toHaveLength(1);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: null, generation: 1 });
  }, 20_000);

  it('for a template that does not exist is 422, and nothing is written', async () => {
    const before = await workspaces();
    const answer = await create({ launch: { launch_template_id: 'lt-0000000000000dead' } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_launch' } });
    expect(answer.body.errors).toEqual([{ field: 'launch.launch_template_id', message: expect.any(String) }]);
    expect(await workspaces()).toBe(before);
  });

  it('for a subnet of the request that does not exist is 422 and names it', async () => {
    const answer = await create({ launch: { subnet_id: 'subnet-0000000000000dead' } });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'launch.subnet_id' }] } });
  });

  it.each([{ launch: { subnet_id: 'x' } }, { launch: { other: 1 } }, { external: true, launch: {} }])(
    'is not asked for with %j, which is 400',
    async (body) => {
      const before = await workspaces();
      expect(await create(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      expect(await workspaces()).toBe(before);
    },
  );
});

describe('a launch without a known result', () => {
  it('is 503 with its id; the workspace waits, and owes it', async () => {
    await ec2Faults({ errors: [{ action: 'RunInstances', code: 'InternalError' }] });
    await resetEc2Calls();
    const answer = await create();
    expect(answer).toMatchObject({ status: 503, body: { code: 'provision_failed', retry_after_seconds: 30 } });
    const id = String(answer.body.workspace_id);
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', instance_id: null, op: 'launch', asked: true });
    expect((await eventsOf(id)).map(({ event }) => event)).toEqual(['created', 'launch_unknown']);
    expect(Object.keys(await ec2Calls())).not.toContain('TerminateInstances');
  }, 20_000);

  it.each(['RequestLimitExceeded', 'UnauthorizedOperation'])(
    'stays so when its second try is refused (%s) and the first may have acted',
    async (code) => {
      // A refusal that EC2 decides before it looks at the client token says nothing of the try before.
      const first = { action: 'RunInstances', code: 'InternalError', when: 'after', times: 1 };
      await ec2Faults({ errors: [first, { action: 'RunInstances', code }] });
      const answer = await create();
      expect(answer).toMatchObject({ status: 503, body: { code: 'provision_failed' } });
      const id = String(answer.body.workspace_id);
      expect(await owedOf(id)).toMatchObject({ status: 'provisioning', instance_id: null, op: 'launch' });
      expect(await instancesOf(id)).toHaveLength(1);
    },
    20_000,
  );
});
