import {
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  type Filter,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { describeIds, idsIn, idsOf, refusal, seeded, startTestEc2 } from './start.ts';

const image = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
const unknownId = 'i-0fedcba9876543210';

describe('DescribeInstances by id', () => {
  it('shows the reservations of several launches, each once, with their instances', async () => {
    const { ec2 } = await startTestEc2();
    const launches = [
      await ec2.send(new RunInstancesCommand({ ...image, MaxCount: 2 })),
      await ec2.send(new RunInstancesCommand(image)),
    ];
    const all = launches.flatMap((launch) => idsOf(launch.Instances));
    const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [...all, ...all] }));
    expect(answer.Reservations?.map((reservation) => reservation.ReservationId)).toEqual(
      launches.map((launch) => launch.ReservationId),
    );
    expect(idsIn(answer)).toEqual(all);
  });

  it.each([
    [['i-123'], 'InvalidInstanceID.Malformed', /^Invalid id: "i-123"$/],
    [['workspace'], 'InvalidInstanceID.Malformed', /^Invalid id: "workspace"$/],
    [[unknownId], 'InvalidInstanceID.NotFound', /^The instance ID 'i-0fedcba9876543210' does not exist$/],
    [
      [unknownId, 'i-0fedcba9876543211'],
      'InvalidInstanceID.NotFound',
      /^The instance IDs 'i-0fedcba9876543210, i-0fedcba9876543211' do not exist$/,
    ],
  ])('fails the whole call for %j beside a good id', async (bad, name, message) => {
    const { ec2, ids } = await seeded({});
    await expect(describeIds(ec2, { InstanceIds: [...ids, ...bad] })).rejects.toMatchObject(refusal(name, message));
  });

  it.each<[with_: string, input: Partial<DescribeInstancesCommandInput>]>([
    ['maxResults', { MaxResults: 5 }],
    ['nextToken', { NextToken: 'x' }],
  ])('refuses ids together with %s, even when an id is unknown', async (name, input) => {
    const { ec2 } = await startTestEc2();
    await expect(describeIds(ec2, { InstanceIds: [unknownId], ...input })).rejects.toMatchObject(
      refusal(
        'InvalidParameterCombination',
        new RegExp(`^The parameter instancesSet cannot be used with the parameter ${name}$`),
      ),
    );
  });

  it('takes an empty list of ids for all instances, as the wire does', async () => {
    const { ec2, ids } = await seeded({}, {});
    expect(await describeIds(ec2, { InstanceIds: [] })).toEqual(ids);
  });
});

describe('DescribeInstances by filter', () => {
  const seeds = [
    { tags: { 'muster:registry': 'r1', Name: 'alpha' }, zone: 'us-east-1a' },
    { tags: { 'muster:registry': 'r1', Name: 'a*b' }, zone: 'us-east-1b', state: 'stopped' },
    { tags: { 'muster:registry': 'r2', Name: 'axb' }, zone: 'us-east-1a', state: 'terminated' },
    { tags: {}, zone: 'us-east-1c', state: 'pending' },
  ];
  it.each<[what: string, filters: Filter[], found: number[]]>([
    ['a tag', [{ Name: 'tag:muster:registry', Values: ['r1'] }], [0, 1]],
    ['several values of one filter, of which one must match', [{ Name: 'tag:Name', Values: ['alpha', 'axb'] }], [0, 2]],
    [
      'several filters, of which all must match',
      [
        { Name: 'tag:muster:registry', Values: ['r1'] },
        { Name: 'availability-zone', Values: ['us-east-1b', 'us-east-1c'] },
      ],
      [1],
    ],
    ['a state', [{ Name: 'instance-state-name', Values: ['pending', 'stopped'] }], [1, 3]],
    ['a tag key', [{ Name: 'tag-key', Values: ['muster:registry'] }], [0, 1, 2]],
    ['a tag key with a wildcard', [{ Name: 'tag-key', Values: ['muster:*'] }], [0, 1, 2]],
    ['* for any number of characters', [{ Name: 'tag:Name', Values: ['a*'] }], [0, 1, 2]],
    ['* for none too', [{ Name: 'tag:Name', Values: ['alpha*'] }], [0]],
    ['? for exactly one', [{ Name: 'tag:Name', Values: ['a?b'] }], [1, 2]],
    ['a wildcard that is escaped and so a character', [{ Name: 'tag:Name', Values: ['a\\*b'] }], [1]],
    ['? as itself where it is escaped', [{ Name: 'tag:Name', Values: ['a\\?b'] }], []],
    ['the whole of a value, not a part', [{ Name: 'tag:Name', Values: ['*lph', 'lph*'] }], []],
    ['values case-sensitively', [{ Name: 'tag:Name', Values: ['Alpha'] }], []],
    [
      'characters that mean something to regular expressions as themselves',
      [{ Name: 'tag:Name', Values: ['a.*'] }],
      [],
    ],
    ['an unknown id as nothing', [{ Name: 'instance-id', Values: [unknownId] }], []],
    ['a malformed id as nothing', [{ Name: 'instance-id', Values: ['x'] }], []],
  ])('matches %s', async (_what, filters, found) => {
    const { ec2, ids } = await seeded(...seeds);
    expect(await describeIds(ec2, { Filters: filters })).toEqual(found.map((index) => ids[index]));
  });

  it('returns the known ones of 200 ids, in launch order, and leaves the unknown out', async () => {
    const { ec2, ids } = await seeded({}, {}, {});
    const unknown = Array.from({ length: 197 }, (_, n) => `i-${String(n).padStart(17, '0')}`);
    const Values = [...ids.toReversed(), ...unknown];
    expect(await describeIds(ec2, { Filters: [{ Name: 'instance-id', Values }] })).toEqual(ids);
  });

  it('applies the other filters to what an id filter found', async () => {
    const { ec2, ids } = await seeded({ zone: 'us-east-1a' }, { zone: 'us-east-1b' });
    const Filters = [
      { Name: 'instance-id', Values: ids },
      { Name: 'availability-zone', Values: ['us-east-1b'] },
    ];
    expect(await describeIds(ec2, { Filters })).toEqual([ids[1]]);
  });

  it('finds an instance by the client token of its launch', async () => {
    const { ec2 } = await startTestEc2();
    const launch = (ClientToken: string) => ec2.send(new RunInstancesCommand({ ...image, ClientToken }));
    const [wanted] = [await launch('w1-g1'), await launch('w2-g1')];
    for (const value of ['w1-g1', 'w1-*']) {
      expect(await describeIds(ec2, { Filters: [{ Name: 'client-token', Values: [value] }] })).toEqual(
        idsOf(wanted.Instances),
      );
    }
  });

  it('applies filters to what ids named', async () => {
    const { ec2, ids } = await seeded({}, { state: 'stopped' });
    const Filters = [{ Name: 'instance-state-name', Values: ['stopped'] }];
    expect(await describeIds(ec2, { InstanceIds: ids, Filters })).toEqual([ids[1]]);
  });

  it.each<[why: string, filters: Filter[], name: string, message: RegExp]>([
    [
      '201 values in one filter',
      [{ Name: 'instance-id', Values: Array(201).fill(unknownId) }],
      'FilterLimitExceeded',
      /^The maximum number of filter values specified on a single call is 200$/,
    ],
    [
      '201 values in two filters together',
      [
        { Name: 'instance-id', Values: Array(200).fill(unknownId) },
        { Name: 'availability-zone', Values: ['us-east-1a'] },
      ],
      'FilterLimitExceeded',
      /200$/,
    ],
    [
      'a filter that EC2 does not have',
      [{ Name: 'colour', Values: ['x'] }],
      'InvalidParameterValue',
      /'colour' is invalid/,
    ],
    ['a filter without values', [{ Name: 'tag:Name', Values: [] }], 'MissingParameter', /Filter\.1\.Value$/],
    ['a name of every object', [{ Name: 'constructor', Values: ['x'] }], 'InvalidParameterValue', /'constructor'/],
  ])('refuses %s', async (_why, Filters, name, message) => {
    const { ec2 } = await startTestEc2();
    await expect(describeIds(ec2, { Filters })).rejects.toMatchObject(refusal(name, message));
  });
});
