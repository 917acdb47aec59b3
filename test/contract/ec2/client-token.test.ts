import type { EC2Client, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { endless, eventually, idsOf, only, quick, refusal, startTestEc2 } from './start.ts';

const one = { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 } as const;
const run = (ec2: EC2Client, input: Partial<RunInstancesCommandInput> = {}) =>
  ec2.send(new RunInstancesCommand({ ...one, ...input }));
const tagged = (...tags: [string, string][]) => [
  { ResourceType: 'instance' as const, Tags: tags.map(([Key, Value]) => ({ Key, Value })) },
];

describe('ClientToken', () => {
  it('gives the same instances back for the same token, with their state of now', async () => {
    const { ec2 } = await startTestEc2();
    const first = await run(ec2, { ClientToken: 't', MaxCount: 2 });
    await eventually(async () => {
      const again = await run(ec2, { ClientToken: 't', MaxCount: 2 });
      expect(again.ReservationId).toBe(first.ReservationId);
      expect(idsOf(again.Instances)).toEqual(idsOf(first.Instances));
      expect(again.Instances?.map((instance) => instance.State?.Name)).toEqual(['running', 'running']);
    });
  });

  it('gives the dead instance back for a spent token, also when EC2 describes it no longer', async () => {
    const { ec2 } = await startTestEc2({ timings: { ...quick, terminatedVisibleMs: 20 } });
    const InstanceIds = idsOf((await run(ec2, { ClientToken: 't' })).Instances);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    await eventually(() =>
      expect(ec2.send(new DescribeInstancesCommand({ InstanceIds }))).rejects.toMatchObject(
        refusal('InvalidInstanceID.NotFound'),
      ),
    );
    const Filters = [{ Name: 'client-token', Values: ['t'] }];
    expect((await ec2.send(new DescribeInstancesCommand({ Filters }))).Reservations).toEqual([]);
    const again = only((await run(ec2, { ClientToken: 't' })).Instances);
    expect(again).toMatchObject({ InstanceId: InstanceIds[0], State: { Name: 'terminated' } });
  });

  it('gives an instance that is shutting down back as that, by the token that launched it', async () => {
    const { ec2 } = await startTestEc2({ timings: endless });
    const InstanceIds = idsOf((await run(ec2, { ClientToken: 't' })).Instances);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    const again = only((await run(ec2, { ClientToken: 't' })).Instances);
    expect(again).toMatchObject({ InstanceId: InstanceIds[0], State: { Name: 'shutting-down' } });
  });

  it.each<[what: string, changed: Partial<RunInstancesCommandInput>]>([
    ['image', { ImageId: 'ami-00000000000000002' }],
    ['instance type', { InstanceType: 't3.small' }],
    ['count', { MaxCount: 2 }],
    ['user data', { UserData: 'aGk=' }],
    ['tag value', { TagSpecifications: tagged(['muster:generation', '2']) }],
    ['version of the launch template', { LaunchTemplate: { LaunchTemplateName: 'two', Version: '2' } }],
    ['parameter that this server makes no use of', { KeyName: 'k' }],
  ])('refuses a used token with another %s', async (_what, changed) => {
    const { ec2 } = await startTestEc2({ launchTemplates: { 'lt-00000001': { name: 'two', versions: [{}, {}] } } });
    const LaunchTemplate = { LaunchTemplateName: 'two', Version: '1' };
    const first = { ClientToken: 't', LaunchTemplate, TagSpecifications: tagged(['muster:generation', '1']) };
    await run(ec2, first);
    const second = run(ec2, { ...first, ...changed });
    await expect(second).rejects.toMatchObject(
      refusal('IdempotentParameterMismatch', /^Arguments on this idempotent request are inconsistent with arguments/),
    );
  });

  it('counts for one zone when the request names one, so the same token launches again in another', async () => {
    const { ec2 } = await startTestEc2();
    const inZone = async (AvailabilityZone: string) =>
      only(idsOf((await run(ec2, { ClientToken: 't', Placement: { AvailabilityZone } })).Instances));
    const a = await inZone('us-east-1a');
    expect(await inZone('us-east-1b')).not.toBe(a);
    expect(await inZone('us-east-1a')).toBe(a);
  });

  it('counts for the zone of the subnet that the request names', async () => {
    const { ec2, server } = await startTestEc2();
    const inSubnetOf = async (zone: string) =>
      only(idsOf((await run(ec2, { ClientToken: 't', SubnetId: server.subnetIds[zone] })).Instances));
    const a = await inSubnetOf('us-east-1a');
    expect(await inSubnetOf('us-east-1b')).not.toBe(a);
    expect(await inSubnetOf('us-east-1a')).toBe(a);
  });

  it('launches once for the same token sent many times at once', async () => {
    const { ec2 } = await startTestEc2();
    const answers = await Promise.all(Array.from({ length: 20 }, () => run(ec2, { ClientToken: 't' })));
    expect(new Set(answers.map((answer) => only(idsOf(answer.Instances)))).size).toBe(1);
  });
});
