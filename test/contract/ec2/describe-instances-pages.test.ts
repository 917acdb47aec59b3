import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  paginateDescribeInstances,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { describeIds, eventually, idsIn, quick, refusal, seeded, startTestEc2 } from './start.ts';

describe('DescribeInstances in pages', () => {
  it('shows every instance once, a reservation over two pages if need be, and ends without a token', async () => {
    const { ec2, ids } = await seeded({ count: 7 }, { count: 4 });
    const pages: string[][] = [];
    for await (const page of paginateDescribeInstances({ client: ec2 }, { MaxResults: 5 })) pages.push(idsIn(page));
    expect(pages.map((page) => page.length)).toEqual([5, 5, 1]);
    expect(pages.flat()).toEqual(ids);
  });

  it('gives no token when the last page is full', async () => {
    const { ec2 } = await seeded({ count: 5 });
    expect((await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }))).NextToken).toBeUndefined();
  });

  it('counts only what the filters let through', async () => {
    const { ec2, ids } = await seeded({ count: 3, state: 'stopped' }, { count: 6 }, { count: 3, state: 'stopped' });
    const Filters = [{ Name: 'instance-state-name', Values: ['stopped'] }];
    const answer = await ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 5 }));
    expect(idsIn(answer)).toEqual([...ids.slice(0, 3), ...ids.slice(9, 11)]);
    const rest = await ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 5, NextToken: answer.NextToken }));
    expect(idsIn(rest)).toEqual(ids.slice(11));
  });

  it.each([
    ['client-token', 't'],
    ['tag:muster:registry', 'r1'],
  ])('shows by %s what matches, over as many pages as it takes', async (Name, value) => {
    const { ec2, plant } = await startTestEc2();
    const wanted = { clientToken: 't', tags: { 'muster:registry': 'r1' } };
    const ids = await plant([
      { ...wanted, count: 6 },
      { count: 6 },
      { tags: wanted.tags, clientToken: 't2', count: 1 },
    ]);
    const input = { Filters: [{ Name, Values: [value] }] };
    const pages: string[][] = [];
    for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 5 }, input)) pages.push(idsIn(page));
    const last = Name === 'client-token' ? [] : ids.slice(12);
    expect(pages).toEqual([ids.slice(0, 5), [...ids.slice(5, 6), ...last]]);
  });

  it('shows one zone’s instances in the order of their launch, each once, while others come and go', async () => {
    const inTurn = ['us-east-1a', 'us-east-1b'].map((zone) => ({ zone }));
    const { ec2, plant } = await startTestEc2({ timings: { ...quick, terminatedVisibleMs: 0 } });
    const ids = await plant(Array.from({ length: 10 }, () => inTurn).flat());
    const wanted = ids.filter((_, index) => index % 2 === 0);
    const Filters = [{ Name: 'availability-zone', Values: ['us-east-1a'] }];
    const page = (NextToken?: string) => ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 5, NextToken }));
    const first = await page();
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...wanted.slice(0, 2), ...wanted.slice(7, 8)] }));
    await eventually(async () => expect(await describeIds(ec2, {})).toHaveLength(17));
    const [later = ''] = await plant(inTurn);
    const second = await page(first.NextToken);
    expect([...idsIn(first), ...idsIn(second)]).toEqual([...wanted.slice(0, 7), ...wanted.slice(8), later]);
    expect(second.NextToken).toBeUndefined();
  });

  it('shows nothing twice and skips nothing when instances are launched between two pages', async () => {
    const { ec2, ids, plant } = await seeded({ count: 8 });
    const first = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    const later = await plant({});
    const second = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect([...idsIn(first), ...idsIn(second)]).toEqual([...ids, ...later]);
  });

  it('skips nothing when instances of the first page are forgotten before the second', async () => {
    const { ec2, plant } = await startTestEc2({ timings: { ...quick, terminatedVisibleMs: 0 } });
    const ids = await plant({ count: 8 });
    const first = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids.slice(0, 2) }));
    await eventually(async () => expect(await describeIds(ec2, {})).toEqual(ids.slice(2)));
    const second = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5, NextToken: first.NextToken }));
    expect(idsIn(second)).toEqual(ids.slice(5));
  });

  it.each<[input: DescribeInstancesCommandInput, message: RegExp]>([
    [{ MaxResults: 4 }, /^Value \( 4 \) for parameter maxResults is invalid\. Expecting a value greater than 5\.$/],
    [
      { MaxResults: 1001 },
      /^Value \( 1001 \) for parameter maxResults is invalid\. Expecting a value less than 1000\.$/,
    ],
    [{ NextToken: 'nonsense' }, /nextToken is invalid/],
    [{ NextToken: Buffer.from('{"after":"x"}').toString('base64url') }, /nextToken is invalid/],
  ])('refuses %j', async (input, message) => {
    const { ec2 } = await startTestEc2();
    await expect(describeIds(ec2, input)).rejects.toMatchObject(refusal('InvalidParameterValue', message));
  });
});
