import { describe, expect, it } from 'vitest';
import { type INSTANCE_STATES, type Inquiry, judge } from '../../../lib/domain/verdict.ts';

const named = (state: (typeof INSTANCE_STATES)[number]): Inquiry => ({
  kind: 'named',
  observation: { instanceId: 'i-1', state, reasonCode: null, zone: 'a', registryId: null, spot: false },
});

describe('a verdict', () => {
  it.each([
    [named('pending'), 'alive', 'instance_pending'],
    [named('running'), 'alive', 'instance_running'],
    [named('stopping'), 'stopped', 'instance_stopping'],
    [named('stopped'), 'stopped', 'instance_stopped'],
    [named('shutting-down'), 'gone', 'instance_shutting_down'],
    [named('terminated'), 'gone', 'instance_terminated'],
    [{ kind: 'not_named' }, 'absent', 'not_named'],
    [{ kind: 'failed', error: 'RequestLimitExceeded' }, 'unknown', 'ec2_failed'],
  ] as const)('on %o is %s (%s)', (inquiry, verdict, reason) => {
    expect(judge(inquiry)).toMatchObject({ verdict, reason });
  });

  it('calls nothing gone or stopped that EC2 did not name itself', () => {
    for (const inquiry of [{ kind: 'not_named' }, { kind: 'failed', error: 'x' }] satisfies Inquiry[]) {
      expect(['gone', 'stopped']).not.toContain(judge(inquiry).verdict);
    }
  });

  it('has its evidence with it', () => {
    expect(judge({ kind: 'failed', error: 'TimeoutError' }).evidence).toEqual({ error: 'TimeoutError' });
    expect(judge(named('terminated')).evidence).toMatchObject({ ec2_state: 'terminated', availability_zone: 'a' });
  });
});
