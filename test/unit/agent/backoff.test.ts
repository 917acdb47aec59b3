import fc from 'fast-check';
import { expect, it } from 'vitest';
import { delayBeforeRetry } from '../../../infra/agent/backoff.ts';

const backoff = { baseMs: 1_000, capMs: 300_000 };
const justBelowOne = (): number => 0.999_999_9;

it.each([
  { attempt: 0, ceiling: 1_000 },
  { attempt: 1, ceiling: 2_000 },
  { attempt: 5, ceiling: 32_000 },
  { attempt: 9, ceiling: 300_000 },
  { attempt: 5_000, ceiling: 300_000 },
])('draws attempt $attempt from 0 to $ceiling ms', ({ attempt, ceiling }) => {
  expect(delayBeforeRetry(attempt, backoff, () => 0)).toBe(0);
  expect(delayBeforeRetry(attempt, backoff, () => 0.5)).toBe(ceiling / 2);
  expect(delayBeforeRetry(attempt, backoff, justBelowOne)).toBe(ceiling);
});

it('comes back no sooner than it was asked to, and not in the same instant as the rest of the fleet', () => {
  expect(delayBeforeRetry(0, backoff, () => 0, 30_000)).toBe(30_000);
  expect(delayBeforeRetry(0, backoff, () => 0.5, 30_000)).toBe(30_500);
});

it('does not stay away for a day because a header says so', () => {
  expect(delayBeforeRetry(0, backoff, () => 0, 86_400_000)).toBe(3_600_000);
});

it('is never negative, never beyond the cap and what was asked, and always a number', () => {
  const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), fractions, fc.nat({ max: 3_600_000 }), (attempt, fraction, asked) => {
      const delay = delayBeforeRetry(attempt, backoff, () => fraction, asked);
      return delay >= asked && delay <= asked + backoff.capMs;
    }),
  );
});
