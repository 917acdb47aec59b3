import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, voicePolicy } from '../../../lib/domain/policy.ts';

describe('what statements are given', () => {
  it('is the part of the status table that a runtime can cause, and the thresholds', () => {
    expect(voicePolicy(DEFAULT_POLICY)).toMatchObject({
      unhealthy_error_rate: 0.5,
      moves: { register: { provisioning: 'online' }, beat_unhealthy: { online: 'degraded' } },
    });
  });
});
