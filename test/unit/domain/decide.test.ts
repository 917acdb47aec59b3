import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../lib/domain/candidate.ts';
import { STATUSES, type Status } from '../../../lib/domain/status.ts';
import {
  ACTS,
  BRAKED_STATUSES,
  CLEARED_STATUSES,
  decide,
  isMoot,
  isSettled,
} from '../../../lib/domain/sweep/decide.ts';
import {
  INSTANCE_STATES,
  type Inquiry,
  type InstanceState,
  OUT_OF_TIME,
  STOPPED_BY_USER,
} from '../../../lib/domain/verdict.ts';

const candidate = (status: Status, over: Partial<Candidate> = {}): Candidate => ({
  workspaceId: '01900000-0000-7000-8000-000000000000',
  instanceId: 'i-1',
  generation: 1,
  status,
  zone: 'a',
  held: false,
  settling: false,
  silenced: false,
  owing: false,
  mended: true,
  missing: false,
  askedAt: '2026-01-01 00:00:00+00',
  ...over,
});

const named = (state: InstanceState, reasonCode: string | null = null): Inquiry => ({
  kind: 'named',
  observation: { instanceId: 'i-1', state, reasonCode, zone: 'a', registryId: null, spot: false },
});

const anyStatus = fc.constantFrom(...STATUSES);
const anyCandidate = fc
  .record({ status: anyStatus, held: fc.boolean(), missing: fc.boolean() })
  .map(({ status, ...over }) => candidate(status, over));
const anyInquiry: fc.Arbitrary<Inquiry> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...INSTANCE_STATES), fc.option(fc.constantFrom('Client.UserInitiatedShutdown', 'x')))
    .map(([state, reason]) => named(state, reason)),
  fc.constant<Inquiry>({ kind: 'not_named' }),
  fc.string().map((error): Inquiry => ({ kind: 'failed', error })),
);

describe('what a verdict leads to', () => {
  it.each([
    ['online', 'terminated', 'instance_gone'],
    ['degraded', 'shutting-down', 'instance_gone'],
    ['provisioning', 'terminated', 'instance_gone'],
    ['online', 'stopped', 'instance_stopped'],
    ['degraded', 'stopping', 'instance_stopped'],
    ['provisioning', 'stopped', 'owe_start'],
    ['offline', 'terminated', 'clear'],
    ['offline', 'shutting-down', null],
    ['offline', 'stopped', null],
    ['paused', 'stopped', null],
    ['paused', 'terminated', 'clear'],
    ['hibernated', 'running', null],
    ['failed', 'terminated', 'clear'],
    ['removed', 'shutting-down', null],
    ['online', 'running', null],
    ['provisioning', 'pending', null],
  ] as const)('of a workspace that is %s, whose instance is %s: %s', (status, state, act) => {
    expect(decide(candidate(status), named(state)).act).toBe(act);
  });

  it.each(STATUSES)(
    'of one that is %s and absent is counted where an absence can end it, else it is nothing',
    (status) => {
      const { act } = decide(candidate(status), { kind: 'not_named' });
      expect(act).toBe(BRAKED_STATUSES.includes(status) ? 'note_absence' : null);
      expect(['provisioning', 'online', 'degraded', 'offline'].includes(status)).toBe(act !== null);
    },
  );

  it('a person’s stop is over where the instance is alive again, and only where it was held', () => {
    expect(decide(candidate('offline', { held: true }), named('running')).act).toBe('end_hold');
    expect(decide(candidate('offline'), named('running')).act).toBeNull();
    expect(decide(candidate('offline', { held: true }), named('stopped')).act).toBeNull();
    expect(decide(candidate('offline', { silenced: true, held: true }), named('stopped')).act).toBeNull();
    expect(decide(candidate('offline', { silenced: true }), named('stopped')).act).toBe('owe_start');
  });

  it('is total, and nothing at all where EC2 could not say (invariant 2)', () => {
    fc.assert(
      fc.property(anyCandidate, anyInquiry, (one, inquiry) => {
        const { act, verdict, terminated, named: isNamed } = decide(one, inquiry);
        expect(act === null || ACTS.includes(act)).toBe(true);
        expect(isNamed).toBe(inquiry.kind === 'named');
        expect(terminated).toBe(inquiry.kind === 'named' && inquiry.observation.state === 'terminated');
        if (verdict === 'unknown') expect(act).toBeNull();
        if (act === 'instance_gone' || act === 'instance_stopped' || act === 'clear') {
          expect(inquiry.kind).toBe('named');
          expect(['gone', 'stopped']).toContain(verdict);
        }
        if (act === 'clear') expect(terminated && CLEARED_STATUSES.includes(one.status)).toBe(true);
      }),
    );
  });

  it('tells a failure from a lack of time', () => {
    expect(decide(candidate('online'), { kind: 'failed', error: OUT_OF_TIME }).reason).toBe('deadline');
    expect(decide(candidate('online'), { kind: 'failed', error: 'AuthFailure' }).reason).toBe('ec2_failed');
  });
});

describe('a listing', () => {
  it('settles a candidate exactly where the same state, asked for by id, would lead to nothing', () => {
    fc.assert(
      fc.property(anyCandidate, fc.constantFrom(...INSTANCE_STATES), (one, state) => {
        expect(isSettled(one, state)).toBe(decide(one, named(state)).act === null);
      }),
    );
  });

  it('settles nobody whom it does not show', () => {
    for (const status of STATUSES) expect(isSettled(candidate(status), undefined)).toBe(false);
  });
});

describe('a decision is moot', () => {
  it.each([
    ['a start that is owed already', { owing: true }, 'owe_start'],
    ['a start that the policy forbids', { mended: false }, 'owe_start'],
    ['a stop by a person that is noted', { held: true }, 'owe_start'],
  ] as const)('%s', (_, over, act) => {
    const decision = decide(candidate('provisioning', over), named('stopped', STOPPED_BY_USER));
    expect(decision.act).toBe(act);
    expect(isMoot(decision)).toBe(true);
  });

  it.each([
    ['offline', {}, false],
    ['provisioning', {}, false],
    ['offline', { owing: true }, true],
    ['paused', {}, true],
  ] as const)('the end of a hold of one that is %s (%o): %s', (status, over, moot) => {
    const decision = decide(candidate(status, { held: true, ...over }), named('running'));
    expect(decision.act).toBe('end_hold');
    expect(isMoot(decision)).toBe(moot);
  });

  it('and a start that is owed by nobody yet, or a stop that is not a person’s, is not', () => {
    expect(isMoot(decide(candidate('provisioning'), named('stopped')))).toBe(false);
    expect(isMoot(decide(candidate('provisioning', { held: true }), named('stopped')))).toBe(false);
    expect(isMoot(decide(candidate('online'), named('running')))).toBe(true);
    expect(isMoot(decide(candidate('online', { owing: true, mended: false }), named('terminated')))).toBe(false);
  });
});
