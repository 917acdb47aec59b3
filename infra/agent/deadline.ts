/**
 * Runs `work` with a signal that is aborted when `stop` is, or when `touch` was not called for `idleMs`.
 *
 * Written out, since AbortSignal.any keeps each of its results reachable from a long-lived source signal on the older
 * Node 20 releases (nodejs/node issue 54614), and the agent's stop signal lives as long as the process.
 */
export async function withDeadline<T>(
  stop: AbortSignal,
  idleMs: number,
  work: (signal: AbortSignal, touch: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const onStop = (): void => controller.abort(stop.reason);
  const timer = setTimeout(() => controller.abort(new Error(`nothing came for ${idleMs / 1000} s`)), idleMs);
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    return await work(controller.signal, () => timer.refresh());
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}
