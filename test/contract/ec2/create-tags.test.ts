import { CreateTagsCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { describeIds, idsIn, only, refusal, seeded } from './start.ts';

const unknownId = 'i-0fedcba9876543210';

describe('CreateTags', () => {
  it('adds and overwrites tags that filters find at once', async () => {
    const { ec2, ids } = await seeded({ tags: { a: '1', b: '1' } }, {});
    const Tags = [
      { Key: 'b', Value: '2' },
      { Key: 'c', Value: '' },
    ];
    await ec2.send(new CreateTagsCommand({ Resources: ids, Tags }));
    const answer = await ec2.send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag:b', Values: ['2'] }] }));
    expect(idsIn(answer)).toEqual(ids);
    expect(only(answer.Reservations?.[0]?.Instances).Tags).toEqual([{ Key: 'a', Value: '1' }, ...Tags]);
  });

  it.each<[why: string, resource: string, key: string, name: string]>([
    ['an unknown instance', unknownId, 'x', 'InvalidInstanceID.NotFound'],
    ['something that is no instance', 'vol-12345678', 'x', 'InvalidID'],
    ['a reserved key', '', 'aws:x', 'InvalidParameterValue'],
    ['a key above 128 characters', '', 'x'.repeat(129), 'InvalidParameterValue'],
  ])('refuses %s and tags nothing', async (_why, resource, Key, name) => {
    const { ec2, ids } = await seeded({});
    const Resources = [...ids, ...(resource ? [resource] : [])];
    const tagging = ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key, Value: 'x' }] }));
    await expect(tagging).rejects.toMatchObject(refusal(name));
    expect(await describeIds(ec2, { Filters: [{ Name: 'tag-key', Values: ['*'] }] })).toEqual([]);
  });

  it('tags none of several when one of them would have more than 50', async () => {
    const full = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, '']));
    const { ec2, ids } = await seeded({}, { tags: full });
    const tagging = ec2.send(new CreateTagsCommand({ Resources: ids, Tags: [{ Key: 'x', Value: '' }] }));
    await expect(tagging).rejects.toMatchObject(refusal('TagLimitExceeded'));
    expect(await describeIds(ec2, { Filters: [{ Name: 'tag-key', Values: ['x'] }] })).toEqual([]);
  });
});
