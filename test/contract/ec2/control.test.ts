import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type EC2Client,
  paginateDescribeInstances,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { clientFor, eventStates, eventually, idsOf, only, refusal, startTestEc2 } from './start.ts';

const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
const describeAll = (ec2: EC2Client) => ec2.send(new DescribeInstancesCommand({}));

describe('Faults', () => {
  it.each([
    ['RequestLimitExceeded', 503, /^Request limit exceeded\.$/],
    ['UnauthorizedOperation', 403, /^You are not authorized to perform this operation\.$/],
    ['InsufficientInstanceCapacity', 500, /capacity/],
    ['InternalError', 500, /internal error/],
    ['Unavailable', 503, /unavailable/],
    ['AuthFailure', 401, /credentials/],
    ['VcpuLimitExceeded', 400, /^VcpuLimitExceeded$/],
  ])('refuse with %s as EC2 does, status %i', async (code, status, message) => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', { errors: [{ code }] });
    await expect(describeAll(ec2)).rejects.toMatchObject(refusal(code, message, status));
  });

  it('refuse one action, so many times, and nothing else', async () => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', { errors: [{ action: 'RunInstances', code: 'RequestLimitExceeded', times: 2 }] });
    const run = () => ec2.send(new RunInstancesCommand(image));
    await expect(describeAll(ec2)).resolves.toBeDefined();
    await expect(run()).rejects.toMatchObject(refusal('RequestLimitExceeded', undefined, 503));
    expect((await control('GET', 'faults')).body).toMatchObject({ errors: [{ times: 1 }] });
    await expect(run()).rejects.toMatchObject(refusal('RequestLimitExceeded', undefined, 503));
    await expect(run()).resolves.toBeDefined();
    expect((await control('GET', 'faults')).body).toEqual({ errors: [] });
  });

  it('of several are used up one by one, each with the status and the words that it was given', async () => {
    const { ec2, control } = await startTestEc2();
    const other = { action: 'RunInstances', code: 'Unsupported', message: 'Not here.', status: 409 };
    await control('POST', 'faults', { errors: [{ action: 'DescribeInstances', code: 'X', times: 1 }, other] });
    await expect(describeAll(ec2)).rejects.toMatchObject(refusal('X'));
    await expect(describeAll(ec2)).resolves.toBeDefined();
    const launch = ec2.send(new RunInstancesCommand(image));
    await expect(launch).rejects.toMatchObject(refusal('Unsupported', /^Not here\.$/, 409));
    expect((await control('GET', 'faults')).body).toEqual({ errors: [other] });
  });

  it('launch nothing when they refuse a launch', async () => {
    const { ec2, control, events } = await startTestEc2();
    await control('POST', 'faults', {
      errors: [{ action: 'RunInstances', code: 'InsufficientInstanceCapacity', times: 1 }],
    });
    await expect(ec2.send(new RunInstancesCommand(image))).rejects.toThrow();
    expect((await describeAll(ec2)).Reservations).toEqual([]);
    expect(events).toEqual([]);
  });

  it('are what the SDK tries again after, so that a caller with patience sees none', async () => {
    const { server, control } = await startTestEc2();
    const patient = clientFor(server.url, 3);
    await control('POST', 'faults', { errors: [{ code: 'RequestLimitExceeded', times: 1 }] });
    await expect(describeAll(patient)).resolves.toBeDefined();
    expect((await control('GET', 'calls')).body).toEqual({ DescribeInstances: 2 });
    patient.destroy();
  });

  it('delay every answer by the latency, and replace each other whole', async () => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', { latencyMs: 120 });
    const before = performance.now();
    await describeAll(ec2);
    expect(performance.now() - before).toBeGreaterThan(115);
    await control('POST', 'faults', { latencyMs: 120, errors: [{ code: 'X' }] });
    await expect(describeAll(ec2)).rejects.toThrow();
    expect(performance.now() - before).toBeGreaterThan(230);
    await control('POST', 'faults', { errors: [] });
    expect((await control('GET', 'faults')).body).toEqual({ errors: [] });
    await control('POST', 'faults', {});
    expect((await control('GET', 'faults')).body).toEqual({});
  });

  it('are refused, and change nothing, when they are not well-formed', async () => {
    const { control } = await startTestEc2();
    await control('POST', 'faults', { latencyMs: 1 });
    for (const bad of [{ latencyMs: -1 }, { errors: [{}] }, { errors: [{ code: 'X', times: 0 }] }, { sleep: 1 }]) {
      expect(await control('POST', 'faults', bad)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    }
    expect((await control('GET', 'faults')).body).toEqual({ latencyMs: 1 });
  });
});

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

  it.each([{ count: 0 }, { count: 100_001 }, { state: 'asleep' }, { zone: 'mars-1a' }, { color: 'red' }])(
    'are refused as %j',
    async (seed) => {
      const { ec2, control } = await startTestEc2();
      expect(await control('POST', 'instances', [{}, seed])).toMatchObject({ status: 400 });
      expect((await describeAll(ec2)).Reservations).toEqual([]);
    },
  );

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
