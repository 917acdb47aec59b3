import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, jitteredPace, voicePolicy } from '../../../lib/domain/policy.ts';

describe('a pace', () => {
  it.each([
    [0, 54],
    [0.5, 60],
    [1, 66],
  ])('of 60 s with the random number %f is %f s', (random, expected) => {
    expect(jitteredPace(60, random)).toBe(expected);
  });

  it('never comes near the lease, whatever its jitter', () => {
    const { base_pace_ec2_seconds, lease_paces } = DEFAULT_POLICY;
    expect(jitteredPace(base_pace_ec2_seconds, 1) * 2).toBeLessThan(base_pace_ec2_seconds * lease_paces);
  });
});

describe('what statements are given', () => {
  it('is the part of the status table that a runtime can cause, and the thresholds', () => {
    expect(voicePolicy(DEFAULT_POLICY)).toMatchObject({
      unhealthy_error_rate: 0.5,
      moves: { register: { provisioning: 'online' }, beat_unhealthy: { online: 'degraded' } },
    });
  });
});
