import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export type Lifetime = {
  /** What is put here is taken down when the life ends, the last first. */
  readonly parts: AsyncDisposableStack;
  /** Aborted when the life has to end: a signal, or a part that broke. */
  readonly over: AbortSignal;
  /** Ends the life with exit code 1; `reason` is for whoever started it. */
  readonly broke: (reason: string) => void;
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const takeDownWithinMs = 15_000;
const lookForNpmEveryMs = 500;

/** An error that its message alone explains to whoever started this; others are shown with their stack. */
export class ClearError extends Error {
  override readonly name = 'ClearError';
}

/**
 * Runs `live` until it returns, throws, a signal asks for the end, or a part breaks; then takes all its parts down.
 * Later signals change nothing: Ctrl-C pressed twice must not leave half of it behind.
 *
 * @returns the exit code: 0 after a signal or a normal end, else 1, with the reason on stderr
 */
export async function runLifetime(live: (lifetime: Lifetime) => Promise<void>): Promise<number> {
  const over = new AbortController();
  const broke = (reason: string) => over.abort(new ClearError(reason));
  for (const signal of signals) process.on(signal, () => over.abort());
  endWithNpm(() => over.abort());
  process.on('uncaughtException', (error) => broke(error.stack ?? String(error)));
  // Nobody reads any more (`npm start | head`), or the terminal is gone.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => over.abort());

  const parts = new AsyncDisposableStack();
  let failure: unknown;
  try {
    await live({ parts, over: over.signal, broke });
  } catch (error) {
    failure = error;
  }
  if (over.signal.reason instanceof ClearError) failure = over.signal.reason;
  else if (over.signal.aborted) failure = undefined;
  if (failure !== undefined) console.error(`\n${describe(failure)}\n`);
  const clean = await takeDown(parts);
  return failure === undefined && clean ? 0 : 1;
}

/** npm does not hand a SIGTERM or SIGHUP on: it ends, with its shell, and leaves what it runs behind. */
function endWithNpm(end: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => process.ppid !== shell && end(), lookForNpmEveryMs);
  timer.unref();
}

/** Resolves when the life has to end. */
export async function until(over: AbortSignal): Promise<void> {
  if (!over.aborted) await once(over, 'abort');
}

function describe(failure: unknown): string {
  if (failure instanceof ClearError) return failure.message;
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}

async function takeDown(parts: AsyncDisposableStack): Promise<boolean> {
  try {
    const late = delay(takeDownWithinMs, 'late' as const);
    const end = await Promise.race([parts.disposeAsync(), late]);
    if (end === 'late') console.error(`Not everything ended within ${takeDownWithinMs / 1_000} s.`);
    return end !== 'late';
  } catch (error) {
    console.error(describe(error));
    return false;
  }
}
