import type { DescribeLaunchTemplateVersionsCommandInput, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeLaunchTemplateVersionsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { only, refusal, startTestEc2 } from './start.ts';

const id = 'lt-0123456789abcdef0';
const images = ['ami-00000000000000001', 'ami-00000000000000002', 'ami-00000000000000003'];
const three = { name: 'runtime', versions: images.map((imageId) => ({ imageId })), defaultVersion: 2 };
const startThree = () => startTestEc2({ launchTemplates: { [id]: three } });

type Asked = Omit<DescribeLaunchTemplateVersionsCommandInput, 'LaunchTemplateId'>;
const versions = async (ec2: EC2Client, asked: Asked = {}) =>
  (await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, ...asked })))
    .LaunchTemplateVersions;
const launch = async (ec2: EC2Client, Version?: string) => {
  const LaunchTemplate = { LaunchTemplateId: id, Version };
  return only((await ec2.send(new RunInstancesCommand({ LaunchTemplate, MinCount: 1, MaxCount: 1 }))).Instances);
};

describe('DescribeLaunchTemplateVersions', () => {
  it('shows a template in flat form as its version 1, the default, in EC2’s own terms', async () => {
    const template = {
      name: 'runtime',
      imageId: 'ami-00000000000000001',
      instanceType: 'c7g.large',
      subnetId: 'subnet-00000000000000001',
      userData: 'aGk=',
      tags: { a: '1', b: '' },
      instanceMetadataTags: 'enabled',
      instanceMarketOptions: {
        marketType: 'spot',
        spotOptions: { spotInstanceType: 'persistent', instanceInterruptionBehavior: 'stop' },
      },
      rootDeviceType: 'instance-store',
    } as const;
    const { ec2 } = await startTestEc2({ launchTemplates: { [id]: template } });
    expect(await versions(ec2)).toEqual([
      {
        LaunchTemplateId: id,
        LaunchTemplateName: 'runtime',
        VersionNumber: 1,
        DefaultVersion: true,
        CreateTime: expect.any(Date),
        CreatedBy: 'arn:aws:iam::123456789012:root',
        LaunchTemplateData: {
          ImageId: 'ami-00000000000000001',
          InstanceType: 'c7g.large',
          UserData: 'aGk=',
          NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: 'subnet-00000000000000001' }],
          TagSpecifications: [
            {
              ResourceType: 'instance',
              Tags: [
                { Key: 'a', Value: '1' },
                { Key: 'b', Value: '' },
              ],
            },
          ],
          MetadataOptions: { InstanceMetadataTags: 'enabled' },
          InstanceMarketOptions: {
            MarketType: 'spot',
            SpotOptions: { SpotInstanceType: 'persistent', InstanceInterruptionBehavior: 'stop' },
          },
        },
      },
    ]);
  });

  it('says nothing of what a version leaves open', async () => {
    const { ec2 } = await startTestEc2({ launchTemplates: { [id]: { name: 'runtime', instanceType: 'c7g.large' } } });
    expect(only(await versions(ec2)).LaunchTemplateData).toEqual({ InstanceType: 'c7g.large' });
  });

  it.each<[asked: string[] | undefined, numbers: number[]]>([
    [undefined, [3, 2, 1]],
    [['1'], [1]],
    [['$Default'], [2]],
    [['$Latest'], [3]],
    [
      ['1', '$Latest'],
      [3, 1],
    ],
    [['2', '$Default', '2'], [2]],
  ])('asked for %j: shows %j, newest first, each once', async (Versions, numbers) => {
    const { ec2 } = await startThree();
    const shown = await versions(ec2, { Versions });
    expect(shown?.map((version) => version.VersionNumber)).toEqual(numbers);
    for (const { VersionNumber = 0, DefaultVersion, LaunchTemplateData } of shown ?? []) {
      expect(LaunchTemplateData).toEqual({ ImageId: images[VersionNumber - 1] });
      expect(DefaultVersion).toBe(VersionNumber === 2);
    }
  });

  it('finds the template by its name', async () => {
    const { ec2 } = await startThree();
    const found = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'runtime' }));
    expect(found.LaunchTemplateVersions).toEqual(await versions(ec2));
  });

  it.each<[why: string, input: DescribeLaunchTemplateVersionsCommandInput, name: string, message: RegExp]>([
    ['a bad id', { LaunchTemplateId: 'x' }, 'InvalidLaunchTemplateId.Malformed', /"x"/],
    ['an unknown id', { LaunchTemplateId: 'lt-12345678' }, 'InvalidLaunchTemplateId.NotFound', /ID lt-12345678/],
    ['an unknown name', { LaunchTemplateName: 'x' }, 'InvalidLaunchTemplateName.NotFoundException', /template x,/],
    [
      'an id and a name',
      { LaunchTemplateId: id, LaunchTemplateName: 'runtime' },
      'InvalidParameterCombination',
      /not both/,
    ],
    ['neither', {}, 'MissingParameter', /ID or name/],
    [
      'an unknown version beside a good one',
      { LaunchTemplateId: id, Versions: ['1', '4'] },
      'InvalidLaunchTemplateId.VersionNotFound',
      /^Could not find the specified version 4 for the launch template with ID lt-0123456789abcdef0\.$/,
    ],
    [
      'a version that is none',
      { LaunchTemplateName: 'runtime', Versions: ['latest'] },
      'InvalidParameterValue',
      /numeric version/,
    ],
  ])('refuses %s', async (_why, input, name, message) => {
    const { ec2 } = await startThree();
    const asked = ec2.send(new DescribeLaunchTemplateVersionsCommand(input));
    await expect(asked).rejects.toMatchObject(refusal(name, message));
  });
});

describe('A launch from a template', () => {
  it.each([
    [undefined, images[1]],
    ['$Default', images[1]],
    ['$Latest', images[2]],
    ['1', images[0]],
  ])('of version %s is of that version’s image', async (version, image) => {
    const { ec2 } = await startThree();
    expect((await launch(ec2, version)).ImageId).toBe(image);
  });

  it('of an unknown version is refused', async () => {
    const { ec2 } = await startThree();
    await expect(launch(ec2, '4')).rejects.toMatchObject(refusal('InvalidLaunchTemplateId.VersionNotFound', /4/));
  });
});

describe('A template put by the control route', () => {
  it('takes the place of the one before, with other versions and another default', async () => {
    const { ec2, control } = await startTestEc2({
      launchTemplates: { [id]: { name: 'old', imageId: images[0] ?? '' } },
    });
    expect(await control('POST', `launch-templates/${id}`, three)).toEqual({ status: 200, body: {} });
    expect((await launch(ec2)).ImageId).toBe(images[1]);
    await control('POST', `launch-templates/${id}`, { ...three, defaultVersion: 3 });
    expect((await launch(ec2)).ImageId).toBe(images[2]);
    expect(only(await versions(ec2, { Versions: ['$Default'] }))).toMatchObject({ LaunchTemplateName: 'runtime' });
  });

  it.each([
    { name: 'runtime', versions: [] },
    { name: 'runtime', versions: [{}], defaultVersion: 2 },
    { name: 'runtime', versions: [{}], imageId: images[0] },
    { imageId: images[0] },
  ])('is refused as %j', async (body) => {
    const { ec2, control } = await startThree();
    expect(await control('POST', `launch-templates/${id}`, body)).toMatchObject({ status: 400 });
    expect(await versions(ec2)).toHaveLength(3);
  });

  it('needs an id as EC2’s are', async () => {
    const { control } = await startTestEc2();
    expect(await control('POST', 'launch-templates/x', three)).toMatchObject({ status: 404 });
  });
});
