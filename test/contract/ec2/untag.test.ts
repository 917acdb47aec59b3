import { describe, expect, it } from 'vitest';
import { describeIds, only, seeded } from './start.ts';

const registry = { 'muster:registry': 'r1' };
const byRegistry = { Filters: [{ Name: 'tag:muster:registry', Values: ['r1'] }] };
const byKey = { Filters: [{ Name: 'tag-key', Values: ['muster:registry'] }] };

describe('Tags that were taken away', () => {
  it('of one instance are gone, and its others stay', async () => {
    const { ec2, control, ids } = await seeded({ tags: { ...registry, Name: 'shop' } }, { tags: registry });
    const answer = await control('POST', `instances/${ids[0]}/untag`, { keys: ['muster:registry', 'unknown'] });
    expect(answer).toEqual({ status: 200, body: { tags: { Name: 'shop' } } });
    expect(await describeIds(ec2, byRegistry)).toEqual([ids[1]]);
    expect(await describeIds(ec2, byKey)).toEqual([ids[1]]);
    expect(await describeIds(ec2, {})).toEqual(ids);
  });

  it('of all instances that were planted together are those of each alone', async () => {
    const { ec2, control, ids } = await seeded({ tags: registry, count: 3 });
    await control('POST', `instances/${ids[1]}/untag`, { keys: ['muster:registry'] });
    expect(await describeIds(ec2, byRegistry)).toEqual([ids[0], ids[2]]);
  });

  it('are those of some instances or of all', async () => {
    const { ec2, control, ids } = await seeded({ tags: registry, count: 3 });
    const some = { keys: ['muster:registry'], instanceIds: ids.slice(1) };
    expect(await control('POST', 'untag', some)).toEqual({ status: 200, body: {} });
    expect(await describeIds(ec2, byRegistry)).toEqual(ids.slice(0, 1));
    await control('POST', 'untag', { keys: ['muster:registry'] });
    expect(await describeIds(ec2, byRegistry)).toEqual([]);
  });

  it('stay where one of the instances is unknown', async () => {
    const { ec2, control, ids } = await seeded({ tags: registry });
    const bad = { keys: ['muster:registry'], instanceIds: [only(ids), 'i-0fedcba9876543210'] };
    expect(await control('POST', 'untag', bad)).toMatchObject({ status: 404 });
    expect(await describeIds(ec2, byRegistry)).toEqual(ids);
  });

  it.each([{}, { keys: [] }, { keys: 'Name' }, { keys: ['Name'], tags: {} }])('are refused as %j', async (body) => {
    const { control, ids } = await seeded({});
    expect(await control('POST', 'untag', body)).toMatchObject({ status: 400 });
    expect(await control('POST', `instances/${only(ids)}/untag`, body)).toMatchObject({ status: 400 });
  });
});
