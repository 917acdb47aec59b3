import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { LaunchTemplate } from '../../../infra/local/ec2/launch-templates/launch-template.ts';
import { only, refusal, startTestEc2, untilStates } from './start.ts';
import { describeOne, launchOne, verbs } from './verbs.ts';

const spot = (SpotInstanceType?: 'one-time' | 'persistent') =>
  ({ MarketType: 'spot', SpotOptions: { SpotInstanceType } }) as const;
const spotTemplate = (spotInstanceType?: 'one-time' | 'persistent') =>
  ({ instanceMarketOptions: { marketType: 'spot', spotOptions: { spotInstanceType } } }) as const;

/** A server with one running instance of a template that says this, launched by a call that says that. */
async function launched(
  template: Omit<LaunchTemplate, 'name'>,
  own: Pick<RunInstancesCommandInput, 'InstanceMarketOptions'> = {},
) {
  const launchTemplates = { 'lt-00000001': { name: 'runtime', imageId: 'ami-00000001', ...template } };
  const started = await startTestEc2({ launchTemplates });
  const LaunchTemplate = { LaunchTemplateName: 'runtime' };
  const launch = new RunInstancesCommand({ LaunchTemplate, MinCount: 1, MaxCount: 1, ...own });
  const instance = only((await started.ec2.send(launch)).Instances);
  await untilStates(started.events, ['pending', 'running']);
  return { ...started, instance, id: instance.InstanceId ?? '' };
}

describe('What the launch template says of the market', () => {
  it.each([
    ['one-time', spotTemplate('one-time')],
    ['of no type, which means one-time', spotTemplate()],
  ])('holds for a launch that says nothing: a Spot Instance %s cannot be stopped', async (_what, template) => {
    const { ec2, instance, id } = await launched(template);
    expect(instance).toMatchObject({ InstanceLifecycle: 'spot', RootDeviceType: 'ebs' });
    await expect(verbs.stop(ec2, [id])).rejects.toMatchObject(
      refusal('UnsupportedOperation', /one-time Spot Instance/),
    );
  });

  it('holds for a launch that says nothing: a persistent Spot Instance can be stopped', async () => {
    const { ec2, instance, id, events } = await launched(spotTemplate('persistent'));
    expect(instance).toMatchObject({ InstanceLifecycle: 'spot' });
    await verbs.stop(ec2, [id]);
    await untilStates(events, ['pending', 'running', 'stopping', 'stopped']);
  });

  it('gives way as a whole to what the launch says', async () => {
    const own = { InstanceMarketOptions: { MarketType: 'spot' } } as const;
    const { ec2, id } = await launched(spotTemplate('persistent'), own);
    await expect(verbs.stop(ec2, [id])).rejects.toMatchObject(refusal('UnsupportedOperation'));
    const other = await launched(spotTemplate('one-time'), { InstanceMarketOptions: spot('persistent') });
    await expect(verbs.stop(other.ec2, [other.id])).resolves.toBeDefined();
  });
});

describe('What a launch says of the market', () => {
  it('as one-time makes a Spot Instance that cannot be stopped', async () => {
    const { ec2, events } = await startTestEc2();
    const id = await launchOne(ec2, 'one-time');
    await untilStates(events, ['pending', 'running']);
    expect(await describeOne(ec2, id)).toMatchObject({ InstanceLifecycle: 'spot' });
    await expect(verbs.stop(ec2, [id])).rejects.toMatchObject(
      refusal('UnsupportedOperation', /one-time Spot Instance/),
    );
  });

  it('as persistent makes a Spot Instance that can be stopped', async () => {
    const { ec2, events } = await startTestEc2();
    const id = await launchOne(ec2, 'persistent');
    await untilStates(events, ['pending', 'running']);
    await verbs.stop(ec2, [id]);
    await untilStates(events, ['pending', 'running', 'stopping', 'stopped']);
  });
});

describe('An instance whose root device is an instance store', () => {
  it('says so when it is launched and when it is described, and cannot be stopped', async () => {
    const { ec2, instance, id, events } = await launched({ rootDeviceType: 'instance-store' });
    expect(instance.RootDeviceType).toBe('instance-store');
    expect((await describeOne(ec2, id)).RootDeviceType).toBe('instance-store');
    await expect(verbs.stop(ec2, [id])).rejects.toMatchObject(
      refusal('UnsupportedOperation', new RegExp(`^The instance '${id}' does not have an 'ebs' root device type`)),
    );
    expect(events).toHaveLength(2);
  });
});

it.each([{ rootDeviceType: 'instance-store' }, { market: 'spot-one-time' }])(
  'One instance with %j in a stop keeps the others of the call running',
  async (seed) => {
    const { ec2, plant, events } = await startTestEc2();
    const ids = await plant([{}, seed]);
    await expect(verbs.stop(ec2, ids)).rejects.toMatchObject(refusal('UnsupportedOperation', new RegExp(ids[1] ?? '')));
    expect(events).toEqual([]);
  },
);
