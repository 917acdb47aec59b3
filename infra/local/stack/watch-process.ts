import { startOf } from '../postgres/process-identity.ts';

const lookEveryMs = 500;

/**
 * Calls `gone` once when the process has ended, some half a second later at most.
 *
 * @returns stops watching
 */
export async function watchProcess(processId: number, gone: () => Promise<void>): Promise<() => void> {
  const started = await startOf(processId);
  const timer = setInterval(async () => {
    if ((await startOf(processId)) === started) return;
    clearInterval(timer);
    await gone();
  }, lookEveryMs);
  return () => clearInterval(timer);
}
