import type { EC2Client, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { idsOf, only, refusal, startTestEc2 } from './start.ts';

const one = { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 } as const;
const run = (ec2: EC2Client, input: Partial<RunInstancesCommandInput> = {}) =>
  ec2.send(new RunInstancesCommand({ ...one, ...input }));
const tagged = (...tags: [string, string][]) => [
  { ResourceType: 'instance' as const, Tags: tags.map(([Key, Value]) => ({ Key, Value })) },
];

describe('RunInstances', () => {
  it('answers with pending instances of one reservation as the request describes them', async () => {
    const { ec2 } = await startTestEc2();
    const TagSpecifications = tagged(['muster:workspace', 'w1'], ['Name', ' <a> & "b" ']);
    const Placement = { AvailabilityZone: 'us-east-1b' };
    const before = Date.now() - 1;

    const answer = await run(ec2, { MaxCount: 3, ClientToken: 'token-1', Placement, TagSpecifications });

    expect(answer).toMatchObject({ ReservationId: expect.stringMatching(/^r-[0-9a-f]{17}$/), OwnerId: '123456789012' });
    expect(answer.Instances?.map((instance) => instance.AmiLaunchIndex)).toEqual([0, 1, 2]);
    expect(new Set(idsOf(answer.Instances)).size).toBe(3);
    for (const instance of answer.Instances ?? []) {
      expect(instance).toMatchObject({
        InstanceId: expect.stringMatching(/^i-[0-9a-f]{17}$/),
        State: { Code: 0, Name: 'pending' },
        StateReason: { Code: 'pending', Message: 'pending' },
        ImageId: 'ami-0123456789abcdef0',
        InstanceType: 't3.micro',
        ClientToken: 'token-1',
        Placement: { AvailabilityZone: 'us-east-1b' },
        PrivateIpAddress: expect.stringMatching(/^10\.1\.0\.\d+$/),
        Tags: [
          { Key: 'muster:workspace', Value: 'w1' },
          { Key: 'Name', Value: ' <a> & "b" ' },
        ],
      });
      expect(instance.LaunchTime?.getTime()).toBeGreaterThan(before);
    }
  });

  it('spreads instances that name no zone over all zones', async () => {
    const { ec2 } = await startTestEc2({ zones: ['us-east-1a', 'us-east-1b'] });
    const zones = new Set<string | undefined>();
    for (let launch = 0; launch < 2; launch++) zones.add(only((await run(ec2)).Instances).Placement?.AvailabilityZone);
    expect(zones).toEqual(new Set(['us-east-1a', 'us-east-1b']));
  });

  it('launches into the zone of the subnet', async () => {
    const { ec2, server } = await startTestEc2();
    const SubnetId = server.subnetIds['us-east-1c'] ?? '';
    const instance = only((await run(ec2, { SubnetId })).Instances);
    expect(instance).toMatchObject({ SubnetId, Placement: { AvailabilityZone: 'us-east-1c' } });
  });

  it('fills what the request leaves out from the launch template, tags key by key', async () => {
    const template = {
      name: 'runtime',
      imageId: 'ami-00000000000000001',
      instanceType: 'c7g.large',
      tags: { a: '1', b: '1' },
    };
    const { ec2 } = await startTestEc2({ launchTemplates: { 'lt-0123456789abcdef0': template } });
    const byId = { LaunchTemplate: { LaunchTemplateId: 'lt-0123456789abcdef0' }, ImageId: undefined };
    const byName = { LaunchTemplate: { LaunchTemplateName: 'runtime', Version: '$Default' }, InstanceType: undefined };
    expect(only((await run(ec2, { ...byId, TagSpecifications: tagged(['b', '2']) })).Instances)).toMatchObject({
      ImageId: 'ami-00000000000000001',
      InstanceType: 't3.micro',
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    expect(only((await run(ec2, byName)).Instances)).toMatchObject({ ImageId: one.ImageId, InstanceType: 'c7g.large' });
  });

  it.each<[why: string, input: Partial<RunInstancesCommandInput>, name: string, message: RegExp]>([
    ['no image', { ImageId: undefined }, 'MissingParameter', /ImageId$/],
    [
      'an image id that is none',
      { ImageId: 'debian' },
      'InvalidAMIID.Malformed',
      /^Invalid id: "debian" \(expecting "ami-\.\.\."\)$/,
    ],
    ['a count of 0', { MinCount: 0 }, 'InvalidParameterValue', /\(0\) for parameter minCount/],
    ['a minimum above the maximum', { MinCount: 2 }, 'InvalidParameterValue', /minCount/],
    ['more than 1,000', { MaxCount: 1001 }, 'InstanceLimitExceeded', /1001/],
    ['an unknown zone', { Placement: { AvailabilityZone: 'mars-1a' } }, 'InvalidParameterValue', /\[mars-1a\]/],
    [
      'an unknown subnet',
      { SubnetId: 'subnet-12345678' },
      'InvalidSubnetID.NotFound',
      /'subnet-12345678' does not exist/,
    ],
    [
      'a subnet of another zone',
      { SubnetId: 'subnet-00000000000000001', Placement: { AvailabilityZone: 'us-east-1b' } },
      'InvalidParameterValue',
      /not in the availability zone/,
    ],
    ['a bad template id', { LaunchTemplate: { LaunchTemplateId: 'x' } }, 'InvalidLaunchTemplateId.Malformed', /"x"/],
    [
      'an unknown template',
      { LaunchTemplate: { LaunchTemplateId: 'lt-0123456789abcdef0' } },
      'InvalidLaunchTemplateId.NotFound',
      /lt-0123456789abcdef0/,
    ],
    [
      'an unknown template name',
      { LaunchTemplate: { LaunchTemplateName: 'x' } },
      'InvalidLaunchTemplateName.NotFoundException',
      /x/,
    ],
    ['user data that is not base64', { UserData: 'a' }, 'InvalidUserData.Malformed', /BASE64/],
    [
      'user data above 16 KB',
      { UserData: Buffer.alloc(16_385).toString('base64') },
      'InvalidParameterValue',
      /^User data is limited to 16384 bytes$/,
    ],
    ['a reserved tag', { TagSpecifications: tagged(['aws:x', '']) }, 'InvalidParameterValue', /reserved/],
    ['the same tag twice', { TagSpecifications: tagged(['x', ''], ['x', '']) }, 'InvalidParameterValue', /Duplicate/],
    [
      'over 50 tags',
      { TagSpecifications: tagged(...Array.from({ length: 51 }, (_, n): [string, string] => [`k${n}`, ''])) },
      'TagLimitExceeded',
      /maximum number of Tags/,
    ],
    ['a parameter that this server does not know', { RamdiskId: 'x' }, 'UnknownParameter', /RamdiskId/],
    ['a client token above 64 characters', { ClientToken: 'x'.repeat(65) }, 'InvalidParameterValue', /ClientToken/],
  ])('refuses %s and launches nothing', async (_why, input, name, message) => {
    const { ec2, events } = await startTestEc2();
    await expect(run(ec2, input)).rejects.toMatchObject(refusal(name, message));
    expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
    expect(events).toEqual([]);
  });

  it('launches nothing on a dry run and says that it would have', async () => {
    const { ec2 } = await startTestEc2();
    await expect(run(ec2, { DryRun: true })).rejects.toMatchObject(
      refusal('DryRunOperation', /would have succeeded/, 412),
    );
    expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
  });
});
