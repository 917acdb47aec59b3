import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { download } from '../../../infra/agent/plugins/download.ts';

const never = new AbortController().signal;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-download-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

it('takes as long as something comes, and gives up a minute after the last of it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let more = (_text: string): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      more = (text) => controller.enqueue(Buffer.from(text));
    },
  });
  const file = join(folder, 'a.tgz');
  const ended = download('https://x/a', file, async () => new Response(body), never).catch((error: unknown) => error);
  for (const [text, sofar] of [
    ['a', 'a'],
    ['b', 'ab'],
    ['c', 'abc'],
  ] as const) {
    more(text);
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe(sofar);
    vi.advanceTimersByTime(59_000);
  }
  vi.advanceTimersByTime(1_000);
  expect(await ended).toMatchObject({ message: 'the download broke off before its end: nothing came for 60 s' });
});

it('leaves what the disk says to be the disk’s fault', async () => {
  const answer = download('https://x/a', folder, async () => new Response('a'), never);
  await expect(answer).rejects.toMatchObject({ code: 'EISDIR' });
});

it('survives a download that breaks off before anybody reads it', async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new Error('reset')) });
  const answer = download('https://x/a', join(folder, 'a.tgz'), async () => new Response(body), never);
  await expect(answer).rejects.toThrow('the download broke off before its end');
});

it('takes no more from the server than it has written, whatever the size', async () => {
  const file = join(folder, 'a.tgz');
  const piece = Buffer.alloc(100_000);
  let sent = 0;
  let mostAhead = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { size } = await stat(file).catch(() => ({ size: 0 }));
      mostAhead = Math.max(mostAhead, sent - size);
      sent += piece.length;
      controller.enqueue(piece);
      if (sent === 10_000_000) controller.close();
    },
  });
  await download('https://x/a', file, async () => new Response(body), never);
  expect((await stat(file)).size).toBe(10_000_000);
  expect(mostAhead).toBeLessThan(1_000_000);
});
