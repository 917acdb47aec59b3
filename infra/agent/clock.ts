import { setTimeout as delay } from 'node:timers/promises';

/** Time as the agent's parts see it, so that a test can hold it still. */
export type Clock = {
  /** Milliseconds that never go backwards; only differences mean anything. */
  now(): number;
  /** Resolves after `ms`, or as soon as `stop` is aborted; never rejects. */
  sleep(ms: number, stop: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, stop) => {
    await delay(ms, undefined, { signal: stop }).catch(() => undefined);
  },
};
