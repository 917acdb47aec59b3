import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 250;

/** What cannot be mended by trying again. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Tries until it succeeds, since the weather may be rough. @throws Refused at once; `patience`'s reason when it is over */
export async function persistently<T>(work: () => Promise<T>, patience: AbortSignal): Promise<T> {
  let last: unknown;
  while (!patience.aborted) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused) throw error;
      last = error;
    }
    await delay(PAUSE_MS, undefined, { signal: patience }).catch(() => undefined);
  }
  throw new Error(`given up: ${last instanceof Error ? last.message : patience.reason}`, { cause: last });
}

/** Looks until there is something. @throws when `patience` is over, naming what was waited for */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  patience: AbortSignal,
): Promise<T> {
  const found = async () => {
    const seen = await look();
    if (seen === undefined) throw new Error(`waited for ${what}`);
    return seen;
  };
  return persistently(found, patience);
}
