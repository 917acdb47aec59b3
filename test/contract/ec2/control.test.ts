import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type EC2Client,
  paginateDescribeInstances,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { describeIds, eventStates, eventually, idsOf, only, startTestEc2 } from './start.ts';

const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
const describeAll = (ec2: EC2Client) => ec2.send(new DescribeInstancesCommand({}));

describe('Calls', () => {
  it('are counted by action, refused ones too, until they are reset', async () => {
    const { ec2, control } = await startTestEc2();
    await describeAll(ec2);
    await describeAll(ec2);
    await ec2.send(new DescribeInstanceStatusCommand({}));
    await expect(ec2.send(new TerminateInstancesCommand({ InstanceIds: ['x'] }))).rejects.toThrow();
    const counted = { DescribeInstances: 2, DescribeInstanceStatus: 1, TerminateInstances: 1 };
    expect((await control('GET', 'calls')).body).toEqual(counted);
    await control('DELETE', 'calls');
    expect((await control('GET', 'calls')).body).toEqual({});
  });
});

describe('Outside acts', () => {
  it('terminate an instance as a person would, with its events', async () => {
    const { ec2, plant, control, events } = await startTestEc2();
    const id = only(await plant({}));
    expect(await control('POST', `instances/${id}/terminate`)).toEqual({
      status: 200,
      body: { state: 'shutting-down' },
    });
    await eventually(() => expect(eventStates(events)).toEqual(['shutting-down', 'terminated']));
    const instance = only((await describeAll(ec2)).Reservations?.[0]?.Instances);
    expect(instance).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: 'Client.UserInitiatedShutdown' },
    });
    expect(await control('POST', `instances/${id}/terminate`)).toEqual({ status: 200, body: { state: 'terminated' } });
  });

  it.each(['terminate', 'stop'])('%s an instance for a reason of EC2’s own', async (verb) => {
    const { ec2, plant, control } = await startTestEc2();
    const id = only(await plant({}));
    const reason = { code: 'Server.InternalError', message: 'Server.InternalError: Internal error on launch' };
    await control('POST', `instances/${id}/${verb}`, { reason });
    expect(only((await describeAll(ec2)).Reservations?.[0]?.Instances)).toMatchObject({
      StateReason: { Code: 'Server.InternalError', Message: reason.message },
      StateTransitionReason: expect.stringMatching(/^Server\.InternalError: Internal error on launch \(.* GMT\)$/),
    });
  });

  it.each([
    ['POST', 'instances/i-0fedcba9876543210/terminate', 404, /no instance i-0fedcba9876543210/],
    ['POST', 'instances/ID/explode', 404, /There is no POST/],
    ['GET', 'instances/ID/terminate', 404, /There is no GET/],
    ['POST', 'instances/ID/kill-process', 409, /has no process/],
    ['PUT', 'faults', 404, /There is no PUT/],
  ])('answer %s %s with %i', async (method, path, status, error) => {
    const { plant, control } = await startTestEc2();
    const id = only(await plant({}));
    expect(await control(method, path.replace('ID', id))).toEqual({
      status,
      body: { error: expect.stringMatching(error) },
    });
  });

  it('refuse to stop what does not run', async () => {
    const { plant, control } = await startTestEc2();
    const id = only(await plant({ state: 'stopped' }));
    expect(await control('POST', `instances/${id}/stop`)).toMatchObject({ status: 409 });
  });
});

describe('Planted instances', () => {
  it('have the tags, state, zone and launch time that they were given, and make no event', async () => {
    const { ec2, plant, events } = await startTestEc2();
    const launchTime = '2026-01-02T03:04:05.678Z';
    const tags = { 'muster:workspace': 'w1', 'muster:generation': '3' };
    const ids = await plant([{ tags, state: 'stopped', zone: 'us-east-1c', launchTime }, { count: 2 }]);
    const answer = await describeAll(ec2);
    expect(answer.Reservations?.map((reservation) => idsOf(reservation.Instances))).toEqual([
      [ids[0]],
      [ids[1], ids[2]],
    ]);
    expect(answer.Reservations?.[0]?.Instances?.[0]).toMatchObject({
      State: { Name: 'stopped' },
      Placement: { AvailabilityZone: 'us-east-1c' },
      LaunchTime: new Date(launchTime),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
    expect(events).toEqual([]);
  });

  it.each([
    ['spot-one-time', 'ebs', { InstanceLifecycle: 'spot', RootDeviceType: 'ebs' }],
    ['on-demand', 'instance-store', { RootDeviceType: 'instance-store' }],
  ])('may be %s with %s, as DescribeInstances then shows them', async (market, rootDeviceType, shown) => {
    const { ec2, plant } = await startTestEc2();
    await plant({ market, rootDeviceType });
    expect(only((await describeAll(ec2)).Reservations?.[0]?.Instances)).toMatchObject(shown);
  });

  it('are found by the client token that they were given, in whatever state', async () => {
    const { ec2, plant } = await startTestEc2();
    const ids = await plant([{ clientToken: 't', state: 'terminated' }, { clientToken: 'u' }, {}]);
    expect(await describeIds(ec2, { Filters: [{ Name: 'client-token', Values: ['t'] }] })).toEqual([ids[0]]);
  });

  it('have spent their client token in their zone and for calls that name none', async () => {
    const { ec2, plant } = await startTestEc2();
    const ids = await plant({ clientToken: 't', state: 'stopped', zone: 'us-east-1b' });
    const launched = async (placement: object) =>
      idsOf((await ec2.send(new RunInstancesCommand({ ...image, ...placement, ClientToken: 't' }))).Instances);
    expect(await launched({})).toEqual(ids);
    expect(await launched({ Placement: { AvailabilityZone: 'us-east-1b' } })).toEqual(ids);
    expect(await launched({ Placement: { AvailabilityZone: 'us-east-1a' } })).not.toEqual(ids);
    expect(await describeIds(ec2, {})).toHaveLength(2);
  });

  it.each([
    { count: 0 },
    { count: 100_001 },
    { clientToken: 'x'.repeat(65) },
    { state: 'asleep' },
    { zone: 'mars-1a' },
    { color: 'red' },
  ])('are refused as %j', async (seed) => {
    const { ec2, control } = await startTestEc2();
    expect(await control('POST', 'instances', [{}, seed])).toMatchObject({ status: 400 });
    expect((await describeAll(ec2)).Reservations).toEqual([]);
  });

  it('are refused when the body is not JSON', async () => {
    const { server } = await startTestEc2();
    const answer = await fetch(`${server.url}/_control/instances`, { method: 'POST', body: '{' });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: expect.stringMatching(/not JSON/) }]);
  });

  it('may be 10,000, listed by tag and zone in full pages', async () => {
    const { ec2, plant, control } = await startTestEc2();
    await plant({ count: 10_000, tags: { 'muster:registry': 'r1' } });
    await plant({ count: 500, tags: { 'muster:registry': 'r2' } });
    const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];
    let listed = 0;
    for (const zone of zones) {
      const Filters = [
        { Name: 'tag:muster:registry', Values: ['r1'] },
        { Name: 'availability-zone', Values: [zone] },
      ];
      for await (const page of paginateDescribeInstances({ client: ec2 }, { Filters, MaxResults: 1_000 })) {
        listed += (page.Reservations ?? []).reduce((sum, { Instances = [] }) => sum + Instances.length, 0);
      }
    }
    expect(listed).toBe(10_000);
    expect((await control('GET', 'calls')).body).toEqual({ DescribeInstances: 12 });
  });

  it('may be 10,000 by RunInstances, each with its two events', async () => {
    const { ec2, events } = await startTestEc2();
    for (let call = 0; call < 10; call++) await ec2.send(new RunInstancesCommand({ ...image, MaxCount: 1_000 }));
    await eventually(() => expect(events).toHaveLength(20_000));
  });
});
