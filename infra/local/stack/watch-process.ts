import { startOf } from '../postgres/process-identity.ts';

const lookEveryMs = 500;

/**
 * Calls `gone` once when the process has ended, some half a second later at most.
 *
 * @returns stops watching
 */
export async function watchProcess(processId: number, gone: () => Promise<void>): Promise<() => void> {
  const started = await startOf(processId);
  const look = async () => {
    if ((await startOf(processId)) === started) return;
    clearInterval(timer);
    await gone();
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  return () => clearInterval(timer);
}
