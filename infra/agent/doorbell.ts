import type { Clock } from './clock.ts';

/** Lets one part of the agent end the wait of another. A ring while nobody waits is kept for the next wait. */
export type Doorbell = {
  ring(): void;
  /** Forgets a kept ring. */
  clear(): void;
  /** Resolves after `ms`, at a ring, or when `stop` is aborted. */
  wait(ms: number, stop: AbortSignal): Promise<void>;
};

export function createDoorbell(clock: Clock): Doorbell {
  let rung = false;
  let waiting: AbortController | undefined;
  return {
    ring() {
      rung = true;
      waiting?.abort();
    },
    clear() {
      rung = false;
    },
    async wait(ms, stop) {
      const ended = new AbortController();
      const onStop = (): void => ended.abort();
      waiting = ended;
      stop.addEventListener('abort', onStop, { once: true });
      if (rung || stop.aborted) ended.abort();
      await clock.sleep(ms, ended.signal);
      stop.removeEventListener('abort', onStop);
      waiting = undefined;
      rung = false;
    },
  };
}
