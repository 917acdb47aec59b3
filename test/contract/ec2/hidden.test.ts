import {
  CreateTagsCommand,
  DescribeInstanceStatusCommand,
  type EC2Client,
  RunInstancesCommand,
  StartInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import {
  describeIds,
  eventually,
  idsOf,
  only,
  planted,
  quick,
  refusal,
  seeded,
  startTestEc2,
  untilStates,
} from './start.ts';
import { verbs } from './verbs.ts';

const notFound = refusal('InvalidInstanceID.NotFound', /does not exist|do not exist/);
const statusIds = async (ec2: EC2Client, InstanceIds?: string[]) =>
  (await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds }))).InstanceStatuses?.map((it) => it.InstanceId);

describe('A hidden instance', () => {
  it('is in no listing, by no filter, and by its id does not exist', async () => {
    const { ec2, control, plant } = await startTestEc2();
    const [hidden = '', other = ''] = await plant([{ clientToken: 't', zone: 'us-east-1a' }, {}]);
    expect(await control('POST', `instances/${hidden}/hide`)).toEqual({ status: 200, body: { state: 'running' } });
    expect(await describeIds(ec2, {})).toEqual([other]);
    for (const [Name, value] of [
      ['instance-id', hidden],
      ['client-token', 't'],
      ['availability-zone', 'us-east-1a'],
    ] as const) {
      expect(await describeIds(ec2, { Filters: [{ Name, Values: [value] }] })).not.toContain(hidden);
    }
    expect(await statusIds(ec2)).toEqual([other]);
    await expect(describeIds(ec2, { InstanceIds: [other, hidden] })).rejects.toMatchObject(notFound);
    await expect(statusIds(ec2, [hidden])).rejects.toMatchObject(notFound);
  });

  const tag = (ec2: EC2Client, Resources: string[]) =>
    ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'k', Value: 'v' }] }));

  it.each(Object.entries({ ...verbs, tag }))('is unknown to a caller who would %s it', async (_verb, act) => {
    const { ec2, id, control, events } = await planted('running');
    await control('POST', `instances/${id}/hide`);
    await expect(act(ec2, [id])).rejects.toMatchObject(notFound);
    expect(events).toEqual([]);
  });

  it('lives: it changes its state with events, and is shown in the one that it then has', async () => {
    const { ec2, id, control, events } = await planted('running');
    await control('POST', `instances/${id}/hide`);
    await control('POST', `instances/${id}/stop`);
    await untilStates(events, ['stopping', 'stopped']);
    expect(await describeIds(ec2, {})).toEqual([]);
    expect(await control('POST', `instances/${id}/show`)).toEqual({ status: 200, body: { state: 'stopped' } });
    expect(await describeIds(ec2, {})).toEqual([id]);
    await expect(ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))).resolves.toBeDefined();
  });

  it('comes back by itself when its time is over', async () => {
    const { ec2, control, ids } = await seeded({ count: 2 });
    await control('POST', `instances/${ids[0]}/hide`, { ms: 60_000 });
    await control('POST', `instances/${ids[1]}/hide`, { ms: 150 });
    expect(await describeIds(ec2, {})).toEqual([]);
    await eventually(async () => expect(await describeIds(ec2, {})).toEqual([ids[1]]));
  });

  it('may be one of many that are hidden and shown at once', async () => {
    const { ec2, control, ids } = await seeded({ count: 5 });
    expect(await control('POST', 'hidden', { instanceIds: ids.slice(1) })).toEqual({ status: 200, body: {} });
    expect(await describeIds(ec2, {})).toEqual(ids.slice(0, 1));
    await control('DELETE', 'hidden', { instanceIds: ids.slice(1, 3) });
    expect(await describeIds(ec2, {})).toEqual(ids.slice(0, 3));
    await control('DELETE', 'hidden');
    expect(await describeIds(ec2, {})).toEqual(ids);
    await control('POST', 'hidden', { instanceIds: ids, ms: 50 });
    await eventually(async () => expect(await describeIds(ec2, {})).toEqual(ids));
  });

  it.each(['POST', 'DELETE'])(
    'is not there to %s when one of many is unknown, and none of them changes',
    async (method) => {
      const { ec2, control, ids } = await seeded({ count: 2 });
      const hidden = method === 'DELETE' ? ids : [];
      await control('POST', 'hidden', { instanceIds: hidden });
      expect(await control(method, 'hidden', { instanceIds: [...ids, 'i-0fedcba9876543210'] })).toEqual({
        status: 404,
        body: { error: 'There is no instance i-0fedcba9876543210' },
      });
      expect(await describeIds(ec2, {})).toEqual(method === 'DELETE' ? [] : ids);
    },
  );

  it.each([
    ['hidden', { ms: 5 }],
    ['hidden', { instanceIds: [], until: 'later' }],
    ['hidden', { instanceIds: [], ms: -1 }],
    ['instances/ID/hide', { ms: '5' }],
  ])('is refused at %s as %j', async (path, body) => {
    const { id, control } = await planted('running');
    expect(await control('POST', path.replace('ID', id), body)).toMatchObject({ status: 400 });
  });
});

describe('A launch that EC2 does not show at once', () => {
  const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, ClientToken: 't' };

  it('goes its way unseen, and is found again by its token alone', async () => {
    const { ec2, events, plant, control } = await startTestEc2({ timings: { ...quick, visibleAfterMs: 60_000 } });
    const id = only(idsOf((await ec2.send(new RunInstancesCommand(image))).Instances));
    await untilStates(events, ['pending', 'running']);
    const Filters = [{ Name: 'client-token', Values: ['t'] }];
    expect(await describeIds(ec2, { Filters })).toEqual([]);
    await expect(describeIds(ec2, { InstanceIds: [id] })).rejects.toMatchObject(notFound);
    expect(idsOf((await ec2.send(new RunInstancesCommand(image))).Instances)).toEqual([id]);
    const seen = only(await plant({}));
    expect(await describeIds(ec2, {})).toEqual([seen]);
    await control('DELETE', 'hidden');
    expect(await describeIds(ec2, {})).toEqual([id, seen]);
  });

  it('is shown in the end', async () => {
    const { ec2 } = await startTestEc2({ timings: { ...quick, visibleAfterMs: 100 } });
    const ids = idsOf((await ec2.send(new RunInstancesCommand(image))).Instances);
    await eventually(async () => expect(await describeIds(ec2, {})).toEqual(ids));
  });
});
