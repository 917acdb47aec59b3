import { beforeEach, describe, expect, it } from 'vitest';
import { owedOf } from '../../support/converge.ts';
import { ec2Faults } from '../../support/ec2.ts';
import { doomedHint, endHold, forgetHints, hintWith, noted, SPOT, withPlanted } from './hinted.ts';

beforeEach(forgetHints);

/** EC2 throttles until somebody rests for seconds; the rest is over with it. */
const rested: number[] = [];
const pause = async (ms: number) => {
  if (ms < 1_000) return;
  rested.push(ms);
  await ec2Faults({});
  await endHold();
};

describe('a warning that EC2 will terminate, and an EC2 that throttles just then', () => {
  it('is answered by the same call after a rest: nobody else would, before the instance is dead', async () => {
    const { id, instanceId } = await withPlanted({}, SPOT);
    await ec2Faults({ errors: [{ action: 'DescribeInstances', code: 'RequestLimitExceeded' }] });
    try {
      await hintWith({ pause })(doomedHint(instanceId));
    } finally {
      await ec2Faults({});
    }
    expect(await owedOf(id)).toMatchObject({ status: 'provisioning', op: 'launch' });
    expect(await noted()).toEqual([]);
    expect(rested).toHaveLength(1);
  });
});
