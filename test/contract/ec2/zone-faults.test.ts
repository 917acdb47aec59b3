import {
  CreateTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, vi } from 'vitest';
import { describeIds, idsIn, only, refusal, seeded, startTestEc2 } from './start.ts';

const zone = (...Values: string[]) => ({ Name: 'availability-zone', Values });
const named = (...Values: string[]) => ({ Name: 'instance-id', Values });
const outOfZone = { errors: [{ zone: 'us-east-1a', code: 'Unavailable' }] };
const unavailable = refusal('Unavailable', undefined, 503);

/** One instance in zone a and one in zone b, with zone a out. */
async function withZoneOut() {
  const started = await seeded({ zone: 'us-east-1a' }, { zone: 'us-east-1b' });
  await started.control('POST', 'faults', outOfZone);
  const [a = '', b = ''] = started.ids;
  return { ...started, a, b };
}

describe('A zone that fails', () => {
  it.each<[what: string, input: (a: string, b: string) => DescribeInstancesCommandInput]>([
    ['a filter that names it', () => ({ Filters: [zone('us-east-1a')] })],
    ['a filter that names it among others', () => ({ Filters: [zone('us-east-1b', 'us-east-1a')] })],
    ['a filter that names it by wildcard', () => ({ Filters: [zone('us-east-1?')] })],
    ['the id of an instance of it', (a) => ({ InstanceIds: [a] })],
    ['the ids of instances of several zones', (a, b) => ({ InstanceIds: [b, a] })],
    ['a filter of ids with one of it', (a, b) => ({ Filters: [named(b, 'i-0fedcba9876543210', a)] })],
    ['a filter of ids by wildcard', (a) => ({ Filters: [named(`${a.slice(0, -1)}*`)] })],
    ['ids of it and a filter that lets it through', (a) => ({ Filters: [named(a), zone('us-east-1*')] })],
  ])('takes a call with %s', async (_what, input) => {
    const { ec2, a, b } = await withZoneOut();
    await expect(describeIds(ec2, input(a, b))).rejects.toMatchObject(unavailable);
  });

  it.each<[what: string, input: (a: string, b: string) => DescribeInstancesCommandInput]>([
    ['a filter that names another', () => ({ Filters: [zone('us-east-1b')] })],
    ['a filter that names others by wildcard', () => ({ Filters: [zone('us-east-1[a]', '*-1b')] })],
    ['the id of an instance of another', (_a, b) => ({ InstanceIds: [b] })],
    ['a filter of ids of another', (_a, b) => ({ Filters: [named(b)] })],
    ['a filter of ids of another by wildcard', (_a, b) => ({ Filters: [named(`${b.slice(0, -1)}*`)] })],
    ['ids of it, but a filter that names another', (a, b) => ({ Filters: [named(a, b), zone('us-east-1b')] })],
    ['two filters of which one names others', () => ({ Filters: [zone('us-east-1?'), zone('us-east-1b')] })],
    ['neither zones nor ids', () => ({})],
  ])('leaves a call alone with %s', async (_what, input) => {
    const { ec2, a, b } = await withZoneOut();
    expect(await describeIds(ec2, input(a, b))).toContain(b);
  });

  it('takes what acts on an instance of it, and leaves that instance as it was', async () => {
    const { ec2, a, b, events } = await withZoneOut();
    const terminate = (id: string) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await expect(terminate(a)).rejects.toMatchObject(unavailable);
    const tag = new CreateTagsCommand({ Resources: [a], Tags: [{ Key: 'k', Value: 'v' }] });
    await expect(ec2.send(tag)).rejects.toMatchObject(unavailable);
    expect(events).toEqual([]);
    await expect(terminate(b)).resolves.toBeDefined();
  });

  it('takes calls about its hidden instances too', async () => {
    const { ec2, a, control } = await withZoneOut();
    await control('POST', `instances/${a}/hide`);
    await expect(describeIds(ec2, { InstanceIds: [a] })).rejects.toMatchObject(unavailable);
  });

  it('takes so many of the calls of one action that are about it, and those alone use it up', async () => {
    const { ec2, control } = await seeded({});
    const fault = { zone: 'us-east-1a', action: 'DescribeInstanceStatus', code: 'Unavailable', times: 1 };
    await control('POST', 'faults', { errors: [fault] });
    const status = (name: string) => ec2.send(new DescribeInstanceStatusCommand({ Filters: [zone(name)] }));
    await expect(status('us-east-1b')).resolves.toBeDefined();
    await expect(describeIds(ec2, { Filters: [zone('us-east-1a')] })).resolves.toBeDefined();
    await expect(status('us-east-1a')).rejects.toMatchObject(unavailable);
    await expect(status('us-east-1a')).resolves.toBeDefined();
  });

  it('may leave its callers without an answer', async () => {
    const { ec2, control } = await seeded({});
    await control('POST', 'faults', { errors: [{ zone: 'us-east-1a', hang: true }] });
    const input = new DescribeInstancesCommand({ Filters: [zone('us-east-1a')] });
    const unanswered = ec2.send(input, { abortSignal: AbortSignal.timeout(100) });
    await expect(unanswered).rejects.toMatchObject({ name: 'AbortError' });
    await expect(describeIds(ec2, { Filters: [zone('us-east-1b')] })).resolves.toBeDefined();
  });

  it('leaves what EC2 cannot read to EC2', async () => {
    const { ec2 } = await withZoneOut();
    const unreadable = describeIds(ec2, { Filters: [{ Name: 'availability-zone' }] });
    await expect(unreadable).rejects.toMatchObject(refusal('MissingParameter'));
  });

  it('is refused when there is no such zone', async () => {
    const { control } = await startTestEc2();
    expect(await control('POST', 'faults', { errors: [{ code: 'X' }, { zone: 'us-west-2a', code: 'X' }] })).toEqual({
      status: 400,
      body: { error: 'There is no zone us-west-2a' },
    });
    expect((await control('GET', 'faults')).body).toEqual({});
  });
});

describe('A page that is lost', () => {
  const inPages = async (page: string) => {
    const { ec2, control, ids } = await seeded({ count: 7 });
    const list = (NextToken?: string) => ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken }));
    const { NextToken } = await list();
    await control('POST', 'faults', { errors: [{ page, code: 'InternalError' }] });
    return { ec2, ids, first: () => list(), later: () => list(NextToken) };
  };
  const internal = refusal('InternalError', undefined, 500);

  it('may be any but the first', async () => {
    const { first, later, ids } = await inPages('later');
    expect(idsIn(await first())).toEqual(ids.slice(0, 5));
    await expect(later()).rejects.toMatchObject(internal);
  });

  it('may be the first', async () => {
    const { first, later, ids } = await inPages('first');
    await expect(first()).rejects.toMatchObject(internal);
    expect(idsIn(await later())).toEqual(ids.slice(5));
  });
});

describe('A slow call', () => {
  const slowZone = { errors: [{ zone: 'us-east-1a', delay: true, latencyMs: 400 }] };

  it('is answered rightly, after those of other zones that came later', async () => {
    const { ec2, control, ids } = await seeded({ zone: 'us-east-1a' }, { zone: 'us-east-1b' });
    await control('POST', 'faults', slowZone);
    const order: string[] = [];
    const listed = async (name: string) => {
      const found = await describeIds(ec2, { Filters: [zone(name)] });
      order.push(name);
      return only(found);
    };
    expect(await Promise.all([listed('us-east-1a'), listed('us-east-1b')])).toEqual(ids);
    expect(order).toEqual(['us-east-1b', 'us-east-1a']);
  });

  it.each([
    ['before', 'terminated'],
    [undefined, 'terminated'],
    ['after', 'running'],
  ])('whose answer is late %s the action shows the instance %s that ends meanwhile', async (when, state) => {
    const { ec2, control, ids } = await seeded({});
    await control('POST', 'faults', {
      errors: [{ action: 'DescribeInstances', delay: true, latencyMs: 1_000, times: 1, when }],
    });
    const answered = vi.fn();
    const slow = ec2.send(new DescribeInstancesCommand({})).finally(answered);
    await expect.poll(async () => (await control('GET', 'calls')).body).toEqual({ DescribeInstances: 1 });
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    expect(answered).not.toHaveBeenCalled();
    expect((await slow).Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe(state);
    expect((await control('GET', 'faults')).body).toEqual({ errors: [] });
  });

  it.each(['before', 'after'])('that is late %s the action is still refused what EC2 refuses', async (when) => {
    const { ec2, control } = await startTestEc2();
    await control('POST', 'faults', { errors: [{ delay: true, latencyMs: 50, when }] });
    const unnamed = ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
    await expect(unnamed).rejects.toMatchObject(refusal('MissingParameter'));
  });

  it.each([{ delay: true }, { delay: true, latencyMs: 0 }, { delay: true, latencyMs: 1, code: 'X' }])(
    'is refused as %j',
    async (fault) => {
      const { control } = await startTestEc2();
      expect(await control('POST', 'faults', { errors: [fault] })).toMatchObject({ status: 400 });
    },
  );
});
