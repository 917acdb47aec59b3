import { rm } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { createRunFolder } from '../../../infra/local/postgres/run-folder.ts';
import { startDatabase } from '../../../infra/local/stack/start-database.ts';

async function startIn(parts: AsyncDisposableStack) {
  const folder = await createRunFolder();
  parts.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const broke = vi.fn<(reason: string) => void>();
  const database = await startDatabase({ parts, broke, over: new AbortController().signal }, folder);
  return { database, broke };
}

it('ends the stack with the end of its log when PostgreSQL ends on its own', async () => {
  await using parts = new AsyncDisposableStack();
  const { database, broke } = await startIn(parts);
  process.kill(database.processId, 'SIGQUIT');
  await expect.poll(() => broke.mock.calls).toHaveLength(1);
  expect(broke.mock.calls[0]?.[0]).toMatch(/^PostgreSQL ended on its own\. .*received immediate shutdown request/s);
});

it('says nothing of a PostgreSQL that is taken down with the stack', async () => {
  const parts = new AsyncDisposableStack();
  const { broke } = await startIn(parts);
  await parts.disposeAsync();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(broke).not.toHaveBeenCalled();
});
