import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createLayout } from '../../../infra/agent/plugins/layout.ts';
import { createParts, type Parts } from '../../../infra/agent/plugins/parts.ts';
import { sha256 } from './archives.ts';
import { type Serve, serveParts, serveWhole, startArtefactServer } from './artefact-server.ts';

const never = new AbortController().signal;
const artefact = Buffer.from(Array.from({ length: 1_000 }, (_, index) => (index * 7919) % 251));
const action = (url: string, name = 'a') =>
  ({ action: 'install', name, version: '1', url, sha256: sha256(artefact) }) as const;

let server: Awaited<ReturnType<typeof startArtefactServer>>;
beforeAll(async () => {
  server = await startArtefactServer();
});
afterAll(() => server.stop());

let downloads: string;
let parts: Parts;
beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'muster-resume-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  ({ downloads } = createLayout(home));
  parts = createParts({ downloads }, fetch);
  server.ranges.length = 0;
});

const partOf = (name: string) => join(downloads, `${name}@${sha256(artefact)}.part`);
const leavePart = async (content: Buffer, name = 'a'): Promise<void> => {
  await mkdir(downloads, { recursive: true });
  await writeFile(partOf(name), content);
};

it('goes on where a download broke off', async () => {
  const url = server.publish('/a', async (response) => {
    response.writeHead(200, { 'content-length': artefact.length }).write(artefact.subarray(0, 400));
    await expect.poll(() => readFile(partOf('a')).catch(() => '')).toHaveLength(400);
    response.destroy();
  });
  await expect(parts.fetch(action(url), never)).rejects.toThrow('the download broke off before its end');
  expect(await readFile(partOf('a'))).toEqual(artefact.subarray(0, 400));
  server.publish('/a', serveParts(artefact));
  expect(await readFile(await parts.fetch(action(url), never))).toEqual(artefact);
  expect(server.ranges).toEqual([undefined, 'bytes=400-']);
});

it('goes on where a download was aborted, also in a new process', async () => {
  const stop = new AbortController();
  const url = server.publish('/a', (response) => {
    response.writeHead(200, { 'content-length': artefact.length }).write(artefact.subarray(0, 300));
  });
  const aborted = parts.fetch(action(url), stop.signal).catch((error: unknown) => error);
  await expect.poll(() => readFile(partOf('a')).catch(() => '')).toHaveLength(300);
  stop.abort(new Error('the agent ends'));
  expect(await aborted).toMatchObject({ name: 'AbortError' });
  server.publish('/a', serveParts(artefact));
  expect(await readFile(await createParts({ downloads }, fetch).fetch(action(url), never))).toEqual(artefact);
  expect(server.ranges).toEqual([undefined, 'bytes=300-']);
});

const wrongStart: Serve = (response) =>
  void response.writeHead(206, { 'content-range': 'bytes 399-999/1000' }).end(artefact.subarray(399));
const noStart: Serve = (response) => void response.writeHead(206).end(artefact.subarray(400));
const onceThen =
  (first: Serve): Serve =>
  (response, request) =>
    (request.headers.range === undefined ? serveWhole(artefact) : first)(response, request);

it.each<{ title: string; serve: Serve; part?: number; asked: (string | undefined)[] }>([
  { title: 'the server sends all of it', serve: serveWhole(artefact), asked: ['bytes=400-'] },
  { title: 'the server goes on elsewhere', serve: onceThen(wrongStart), asked: ['bytes=400-', undefined] },
  { title: 'the server does not say where it goes on', serve: onceThen(noStart), asked: ['bytes=400-', undefined] },
  {
    title: 'there is nothing to go on with',
    serve: serveParts(artefact),
    part: 1_000,
    asked: ['bytes=1000-', undefined],
  },
])('starts over at once when $title', async ({ serve, part = 400, asked }) => {
  await leavePart(Buffer.alloc(part, 'x'));
  const url = server.publish('/a', serve);
  expect(await readFile(await parts.fetch(action(url), never))).toEqual(artefact);
  expect(server.ranges).toEqual(asked);
});

it('has deleted a part with which there is nothing to go on, though the whole cannot be had either', async () => {
  await leavePart(Buffer.alloc(1_000, 'x'));
  const url = server.publish('/a', (response, request) => {
    if (request.headers.range === undefined) response.writeHead(503).end();
    else void serveParts(artefact)(response, request);
  });
  await expect(parts.fetch(action(url), never)).rejects.toThrow('was answered 503');
  expect(await readdir(downloads)).toEqual([]);
});

it('keeps the part when the server does not answer with any of it', async () => {
  await leavePart(artefact.subarray(0, 400));
  const url = server.publish('/a', (response) => void response.writeHead(503).end());
  await expect(parts.fetch(action(url), never)).rejects.toThrow('was answered 503');
  expect(await readFile(partOf('a'))).toHaveLength(400);
});

it('starts from the first byte after the two parts turned out not to fit together', async () => {
  await leavePart(Buffer.alloc(400, 'x'));
  const url = server.publish('/a', serveParts(artefact));
  await expect(parts.fetch(action(url), never)).rejects.toThrow(/^wrong sha256: .* was declared, the download has /);
  expect(await readdir(downloads)).toEqual([]);
  expect(await readFile(await parts.fetch(action(url), never))).toEqual(artefact);
  expect(server.ranges).toEqual(['bytes=400-', undefined]);
});

it('keeps what came when the server gives less of it than is asked for, and goes on there the next time', async () => {
  await leavePart(artefact.subarray(0, 400));
  const url = server.publish('/a', (response, { headers: { range } }) => {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]);
    const upTo = Math.min(from + 300, artefact.length);
    const headers = { 'content-range': `bytes ${from}-${upTo - 1}/${artefact.length}` };
    response.writeHead(206, headers).end(artefact.subarray(from, upTo));
  });
  await expect(parts.fetch(action(url), never)).rejects.toThrow('the download broke off before its end');
  expect(await readFile(partOf('a'))).toEqual(artefact.subarray(0, 700));
  expect(await readFile(await parts.fetch(action(url), never))).toEqual(artefact);
});

it.each([
  { title: 'the artefact as it was published', published: artefact, outcome: 'ok' },
  { title: 'only its label', published: gzipSync(artefact), outcome: / after its Content-Encoding gzip is undone$/ },
])('undoes an encoding that it has not asked for, and names it where it was $title', async ({ published, outcome }) => {
  const encoded = outcome === 'ok' ? gzipSync(artefact) : published;
  const url = server.publish('/a', (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(encoded);
  });
  const wanted = { ...action(url), sha256: sha256(published) };
  const fetched = await parts.fetch(wanted, never).then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
  expect(fetched).toMatch(outcome);
});

it('asks the place that it is redirected to for the rest', async () => {
  await leavePart(artefact.subarray(0, 400));
  server.publish('/target', serveParts(artefact));
  const url = server.publish('/a', (response) => void response.writeHead(302, { location: '/target' }).end());
  expect(await readFile(await parts.fetch(action(url), never))).toEqual(artefact);
  expect(server.ranges).toEqual(['bytes=400-', 'bytes=400-']);
});

it('asks nobody for what is all there: the link may have expired in between', async () => {
  await leavePart(artefact);
  expect(await readFile(await parts.fetch(action(`${server.url}/none`), never))).toEqual(artefact);
  expect(server.ranges).toEqual([]);
});

it('downloads the same artefact for two plugins at once', async () => {
  const url = server.publish('/a', serveParts(artefact));
  const files = await Promise.all(['a', 'b'].map((name) => parts.fetch(action(url, name), never)));
  expect(await Promise.all(files.map((file) => readFile(file)))).toEqual([artefact, artefact]);
});

it('refuses a part that nobody asked for', async () => {
  const url = server.publish('/a', noStart);
  await expect(parts.fetch(action(url), never)).rejects.toThrow('was answered 206');
});

it('forgets the parts of one plugin, and of no other whose name begins alike', async () => {
  for (const name of ['a', 'a.b', 'ab']) await leavePart(artefact, name);
  await parts.forget('a');
  expect((await readdir(downloads)).map((part) => part.split('@', 1)[0])).toEqual(['a.b', 'ab']);
});

it('deletes parts that nobody has gone on with for a day', async () => {
  for (const name of ['old', 'new']) await leavePart(artefact, name);
  const [old, fresh] = [Date.now() - 25 * 3_600_000, Date.now() - 23 * 3_600_000].map((at) => at / 1000);
  await utimes(partOf('old'), old ?? 0, old ?? 0);
  await utimes(partOf('new'), fresh ?? 0, fresh ?? 0);
  await parts.tidy(new Map());
  expect(await readdir(downloads)).toEqual([`new@${sha256(artefact)}.part`]);
});

it('has nothing to forget or to tidy before the first download', async () => {
  await parts.forget('a');
  await parts.tidy(new Map());
});
