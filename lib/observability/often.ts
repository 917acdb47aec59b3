import type { Count, Counter } from '../domain/metrics.ts';
import { count } from './metrics.ts';

/** Milliseconds between two lines of a container. */
const EVERY_MS = 10_000;

/**
 * Counts what others can make happen as often as they like, so that a flood of it does not cost a line each: a container
 * adds up, and writes at the first and then every ten seconds at most. What a container has added up when it ends is lost.
 * @param clock milliseconds
 */
export function createOftenCounter(countNow: Count, clock: () => number) {
  const pending = new Map<Counter, number>();
  let writtenAt = Number.NEGATIVE_INFINITY;
  /** Writes what is added up. */
  const flush = () => {
    if (pending.size === 0) return;
    writtenAt = clock();
    for (const [counter, value] of pending) countNow(counter, value);
    pending.clear();
  };
  const flushDue = () => {
    if (pending.size > 0 && clock() - writtenAt >= EVERY_MS) flush();
  };
  const countOften: Count = (counter, value = 1) => {
    pending.set(counter, (pending.get(counter) ?? 0) + value);
    flushDue();
  };
  return { countOften, flushDue, flush };
}

export const { countOften, flushDue: flushDueCounts, flush: flushCounts } = createOftenCounter(count, () => Date.now());
