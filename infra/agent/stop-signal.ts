/**
 * A signal that is aborted when the process is asked to end: by SIGTERM or SIGINT and, with `withParent`, by the end
 * of stdin, which the kernel brings about however the parent died.
 */
export function stopSignal(withParent: boolean): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error('the agent ends'));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // The reader of the log may be gone first; the agent's work does not depend on it.
  process.stdout.on('error', () => undefined);
  if (withParent) {
    for (const event of ['end', 'close', 'error']) process.stdin.once(event, stop);
    process.stdin.resume();
  }
  return controller.signal;
}
