import type { Clock } from '../../../infra/agent/clock.ts';

/** A clock that only a test moves. Sleeps end when the time has come or their stop is aborted. */
export function createHeldClock() {
  let now = 0;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    sleep: (ms, stop) =>
      new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        stop.addEventListener('abort', sleeper.wake, { once: true });
        if (stop.aborted) sleeper.wake();
      }),
  };
  return {
    clock,
    advance(ms: number): void {
      now += ms;
      for (const { until, wake } of [...sleepers]) if (until <= now) wake();
    },
    /** How long the one who sleeps has still to sleep; undefined when nobody does. */
    sleepsFor: (): number | undefined => {
      const [sleeper] = sleepers;
      return sleeper === undefined ? undefined : sleeper.until - now;
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}
