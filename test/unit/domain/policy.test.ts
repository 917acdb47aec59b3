import { describe, expect, it } from 'vitest';
import { beatPolicy, DEFAULT_POLICY, registerPolicy } from '../../../lib/domain/policy.ts';

describe('what statements are given', () => {
  it('is the part of the status table that the call can cause, and the thresholds', () => {
    expect(registerPolicy(DEFAULT_POLICY)).toMatchObject({
      unhealthy_error_rate: 0.5,
      moves: { register: { provisioning: 'online' } },
    });
    expect(beatPolicy(DEFAULT_POLICY)).toMatchObject({
      unhealthy_error_rate: 0.5,
      moves: { beat_healthy: { offline: 'online' }, beat_unhealthy: { online: 'degraded' } },
    });
  });

  it('leaves a healthy beat of an online workspace nothing to change: record_heartbeat answers it without the table', () => {
    expect(beatPolicy(DEFAULT_POLICY).moves.beat_healthy).not.toHaveProperty('online');
  });
});
