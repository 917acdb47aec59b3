import { expect, it } from 'vitest';
import type { Counter } from '../../../lib/domain/metrics.ts';
import { createOftenCounter } from '../../../lib/observability/often.ts';

function counting() {
  const written: [Counter, number | undefined][] = [];
  const clock = { now: 1_000_000 };
  const often = createOftenCounter(
    (counter, value) => void written.push([counter, value]),
    () => clock.now,
  );
  return { written, clock, ...often };
}

it('the first is written at once, and a flood once in ten seconds', () => {
  const { written, clock, countOften } = counting();
  countOften('AuthenticationFailures');
  expect(written).toEqual([['AuthenticationFailures', 1]]);
  for (let at = 0; at < 5_000; at += 1) {
    clock.now += 3;
    countOften('AuthenticationFailures');
  }
  expect(written).toHaveLength(2);
  expect(written[1]).toEqual(['AuthenticationFailures', 3_334]);
});

it('what is added up is written by a later call, though nothing more happens', () => {
  const { written, clock, countOften, flushDue } = counting();
  countOften('AuthenticationFailures');
  countOften('AuthenticationFailures', 4);
  flushDue();
  expect(written).toHaveLength(1);
  clock.now += 10_000;
  flushDue();
  expect(written[1]).toEqual(['AuthenticationFailures', 4]);
  clock.now += 10_000;
  flushDue();
  expect(written).toHaveLength(2);
});

it('what is added up is written at once when it is asked for', () => {
  const { written, countOften, flush } = counting();
  countOften('DatabaseDeadlocks');
  countOften('DatabaseDeadlocks');
  countOften('DatabaseThrottled');
  flush();
  flush();
  expect(written).toEqual([
    ['DatabaseDeadlocks', 1],
    ['DatabaseDeadlocks', 1],
    ['DatabaseThrottled', 1],
  ]);
});
