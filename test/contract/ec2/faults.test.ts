import { DescribeInstancesCommand, type EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { clientFor, refusal, startTestEc2 } from './start.ts';

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
