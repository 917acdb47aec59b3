import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AbsenceFacts, DEFAULT_ABSENCE, LACKS, lacksOf } from '../../../lib/domain/sweep/absence.ts';

const PROVED: AbsenceFacts = {
  workspaceId: '01900000-0000-7000-8000-000000000000',
  cycles: 3,
  missingSeconds: 300,
  ageSeconds: 600,
  leaseSeconds: 0,
  graceSeconds: 0,
};

describe('the proof of an absence', () => {
  it('is whole at its very limits', () => {
    expect(lacksOf(PROVED, DEFAULT_ABSENCE)).toEqual([]);
  });

  it.each([
    ['age', { ageSeconds: 599.9 }],
    ['cycles', { cycles: 2 }],
    ['duration', { missingSeconds: 299.9 }],
    ['lease_expired', { leaseSeconds: 0.1 }],
    ['no_grace', { graceSeconds: 0.1 }],
  ] as const)('lacks %s, and says so', (lack, over) => {
    expect(lacksOf({ ...PROVED, ...over }, DEFAULT_ABSENCE)).toEqual([lack]);
  });

  it('names everything that it lacks', () => {
    const nothing = { cycles: 1, missingSeconds: 0, ageSeconds: 0, leaseSeconds: 60, graceSeconds: 60 };
    expect(lacksOf({ ...PROVED, ...nothing }, DEFAULT_ABSENCE)).toEqual(LACKS);
  });

  it('never lacks more as it grows older (monotone)', () => {
    const some = fc.integer({ min: 0, max: 2_000 });
    fc.assert(
      fc.property(
        fc.record({ cycles: some, missingSeconds: some, ageSeconds: some, leaseSeconds: some }),
        some,
        (facts, later) => {
          const now = { ...PROVED, ...facts };
          const then = {
            ...now,
            cycles: now.cycles + later,
            missingSeconds: now.missingSeconds + later,
            ageSeconds: now.ageSeconds + later,
            leaseSeconds: now.leaseSeconds - later,
          };
          const before = lacksOf(now, DEFAULT_ABSENCE);
          expect(lacksOf(then, DEFAULT_ABSENCE).every((lack) => before.includes(lack))).toBe(true);
        },
      ),
    );
  });
});
