import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ec2Calls, ec2Faults, plantInstances, resetEc2Calls, terminate } from '../../support/ec2.ts';
import { makeWorkspace, rowOf, store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce } from '../../support/sweep.ts';

const ZONES = ['us-east-1a', 'us-east-1b'] as const;
let registryId = '';

beforeAll(async () => {
  registryId = (await store.readRegistry({})).registryId;
});
beforeEach(forgetEarlierSweeps);
afterEach(async () => {
  await ec2Faults({});
});

/** Workspaces whose instances EC2 lists under the registry's tag. */
async function makeListed(count: number, zone: (typeof ZONES)[number], state: 'running' | 'stopped' = 'running') {
  const instances = await plantInstances({ count, zone, state, tags: { 'muster:registry': registryId } });
  return await Promise.all(
    instances.map(async (instanceId) => {
      const made = await makeWorkspace({ status: 'online' });
      await sql('UPDATE workspaces SET instance_id = :i::text, availability_zone = :zone::text WHERE id = :id::uuid', {
        id: made.id,
        i: instanceId,
        zone,
      });
      return { ...made, instanceId };
    }),
  );
}

/** What a sweep asked for by id, and what it came to. */
async function swept() {
  const byId: string[] = [];
  const summary = await sweepOnce({ meanwhile: async (asked) => byId.push(...asked) });
  return { byId, summary };
}

describe('a sweep', () => {
  it('lists each zone once, and asks by id only for what is not shown as it should be', async () => {
    const fleet = [...(await makeListed(4, 'us-east-1a')), ...(await makeListed(3, 'us-east-1b'))];
    const [stopped] = await makeListed(1, 'us-east-1b', 'stopped');
    const dead = fleet[0];
    if (dead === undefined || stopped === undefined) throw new Error('nothing was made');
    await terminate(dead.instanceId);
    await resetEc2Calls();
    const { byId, summary } = await swept();
    expect(byId.sort()).toEqual([dead.instanceId, stopped.instanceId].sort());
    expect(summary).toMatchObject({ flipped: 2, verdicts: { alive: 6, gone: 1, stopped: 1 }, unlisted: [] });
    expect(await ec2Calls()).toEqual({ DescribeInstances: 4 });
    expect(await rowOf(stopped.id)).toMatchObject({ status: 'offline', instance_id: stopped.instanceId });
  });

  it('asks for nothing of a paused workspace that is listed as stopped', async () => {
    const [made] = await makeListed(1, 'us-east-1a', 'stopped');
    if (made === undefined) throw new Error('nothing was made');
    await sql(
      `UPDATE workspaces SET status = 'paused', cause = '{"event": "pause", "reason": "t", "actor": "t"}'
       WHERE id = :id::uuid`,
      { id: made.id },
    );
    expect(await swept()).toMatchObject({ byId: [], summary: { verdicts: { stopped: 1 }, flipped: 0 } });
  });

  it('asks once more for a page that EC2 failed to answer', async () => {
    const [dead] = await makeListed(2, 'us-east-1a');
    await terminate(dead?.instanceId ?? '');
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'InternalError', times: 1 }] });
    const { byId, summary } = await swept();
    expect(byId).toEqual([dead?.instanceId]);
    expect(summary).toMatchObject({ flipped: 1, unlisted: [], ec2: { made: 3, failed: 1 } });
  });

  it('asks by id for a workspace whose zone is not known', async () => {
    const [made] = await makeListed(1, 'us-east-1a');
    await sql('UPDATE workspaces SET availability_zone = NULL WHERE id = :id::uuid', { id: made?.id ?? '' });
    expect(await swept()).toMatchObject({ byId: [made?.instanceId], summary: { verdicts: { alive: 1 } } });
  });

  it('that is throttled waits and asks again, and counts it', async () => {
    const [dead] = await makeListed(2, 'us-east-1a');
    await terminate(dead?.instanceId ?? '');
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'RequestLimitExceeded', times: 1 }] });
    const counted = new Map<string, number>();
    const count = (counter: string, value = 1) => void counted.set(counter, value);
    expect(await sweepOnce({ count })).toMatchObject({ flipped: 1, ec2: { made: 3, throttled: 1 } });
    expect(counted.get('SweepCallsThrottled')).toBe(1);
  });

  it('that EC2 does not allow to list, or to ask, calls everything unknown and flips nothing (invariant 2)', async () => {
    const fleet = await makeListed(2, 'us-east-1a');
    for (const { instanceId } of fleet) await terminate(instanceId);
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'UnauthorizedOperation' }] });
    expect((await swept()).summary).toMatchObject({
      flipped: 0,
      verdicts: { unknown: 2 },
      unlisted: [{ zone: 'us-east-1a', end: 'UnauthorizedOperation' }],
      ec2: { made: 2, failed: 2, throttled: 0 },
    });
    await ec2Faults({});
    expect((await swept()).summary).toMatchObject({ flipped: 2 });
  });

  it('of no workspaces asks EC2 nothing', async () => {
    await resetEc2Calls();
    expect(await sweepOnce()).toMatchObject({ asked: 0, complete: true });
    expect(await ec2Calls()).toEqual({});
  });
});
