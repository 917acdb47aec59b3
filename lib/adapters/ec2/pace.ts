import { setTimeout as pause } from 'node:timers/promises';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import PQueue from 'p-queue';
import type { Ec2Calls } from '../../domain/sweep/listing.ts';
import { OUT_OF_TIME } from '../../domain/verdict.ts';

/** How EC2 may be asked: its bucket of calls is shared with whatever else the account does. */
export type PaceOptions = { readonly callsPerSecond: number; readonly atOnce: number };

export type Pace = {
  /**
   * Makes a call in its turn. A throttle makes every call wait, longer each time, and is tried again; a fault of EC2, or
   * no answer, once more.
   * @throws what the call threw last, or OutOfTime
   */
  run<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
  readonly calls: Ec2Calls;
};

/** Thrown by a call that does not ask EC2 after all, now that its turn has come: it counts as none. */
export class NotAsked extends Error {
  override readonly name: string = 'NotAsked';
}

/** What there was no time for is learnt by the next run. */
class OutOfTime extends NotAsked {
  override readonly name = OUT_OF_TIME;
}

/** How often a call is made that ends so; what is throttled waits as long as there is time. */
const TRIES = { throttle: Number.POSITIVE_INFINITY, fault: 2, refusal: 1 } as const;

/** Milliseconds that all wait after the first throttle in a row; twice as long after each further one. */
const BACK_OFF_MS = 500;
const BACK_OFF_MOST_MS = 8_000;

/**
 * The pace of one run's calls to EC2.
 * @param signal ends the calls that are under way and begins no other
 */
export function createPace({ callsPerSecond, atOnce }: PaceOptions, signal: AbortSignal): Pace {
  const queue = new PQueue({ concurrency: atOnce, interval: 1_000, intervalCap: callsPerSecond });
  const calls = { made: 0, throttled: 0, failed: 0 };
  let waits = 0;
  let waiting: Promise<void> | undefined;

  const wait = async () => {
    const longest = Math.min(BACK_OFF_MOST_MS, BACK_OFF_MS * 2 ** waits);
    waits += 1;
    queue.pause();
    // The end of the run ends the wait too: the next look at the signal says so.
    await pause(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    queue.start();
    waiting = undefined;
  };
  const attempt = async <Answer>(call: (signal: AbortSignal) => Promise<Answer>) => {
    if (signal.aborted) throw new OutOfTime('no time was left for EC2');
    try {
      const answer = await call(signal);
      calls.made += 1;
      waits = 0;
      return { answer };
    } catch (error) {
      if (error instanceof NotAsked) throw error;
      calls.made += 1;
      return { error };
    }
  };

  return {
    calls,
    async run(call) {
      for (let tries = 1; ; tries += 1) {
        if (signal.aborted) throw new OutOfTime('no time was left for EC2');
        // Whoever still waits for a turn when the time is over hears of it at once.
        const result = await queue
          .add(() => attempt(call), { signal })
          .catch((error: unknown) => {
            throw signal.aborted ? new OutOfTime('no time was left for EC2', { cause: error }) : error;
          });
        if ('answer' in result) return result.answer;
        if (signal.aborted) throw new OutOfTime('EC2 was not answering in time', { cause: result.error });
        const kind = kindOf(result.error);
        if (kind === 'throttle') calls.throttled += 1;
        else calls.failed += 1;
        if (tries >= TRIES[kind]) throw result.error;
        if (kind !== 'throttle') continue;
        // Of those that are throttled together, one wait is enough.
        waiting ??= wait();
        await waiting;
      }
    },
  };
}

function kindOf(error: unknown): keyof typeof TRIES {
  if (!isSdkError(error)) return 'refusal';
  if (isThrottlingError(error)) return 'throttle';
  return isTransientError(error) || isServerError(error) ? 'fault' : 'refusal';
}

/** All that it has beside an Error may be missing. */
function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}
