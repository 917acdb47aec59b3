import { afterEach, beforeEach, vi } from 'vitest';

/** Collects what a test file's tests write to stdout and stderr, with the log and the metrics switched on. */
export function useWritten() {
  let chunks: string[] = [];
  beforeEach(() => {
    chunks = [];
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'muster-test');
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((chunk) => chunks.push(String(chunk)) > 0);
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
  return {
    text: () => chunks.join(''),
    documents: () =>
      chunks
        .join('')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  };
}
