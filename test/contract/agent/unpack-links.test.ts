import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, open, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { unpack } from '../../../infra/agent/plugins/unpack.ts';
import { type Entry, noise, tgz } from './archives.ts';

const never = new AbortController().signal;
let base: string;
let into: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'muster-links-'));
  into = join(base, 'deep/into');
  await mkdir(into, { recursive: true });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(base, { recursive: true, force: true });
});

async function unpackEntries(entries: readonly Entry[], folder = into): Promise<void> {
  const file = join(base, 'artefact.tgz');
  await writeFile(file, tgz(entries));
  await unpack(file, folder, never);
}
const soft = (path: string, linkpath: string): Entry => ({ path, type: 'SymbolicLink', linkpath });
const hard = (path: string, linkpath: string): Entry => ({ path, type: 'Link', linkpath });

it.each<{ entries: Entry[]; link: string; target: string }>([
  { entries: [{ path: 'lib/x.so.1' }, soft('lib/x.so', 'x.so.1')], link: 'lib/x.so', target: 'x.so.1' },
  { entries: [{ path: 'bin/x' }, soft('.bin/x', '../bin/x')], link: '.bin/x', target: '../bin/x' },
  { entries: [{ path: 'node/bin' }, soft('node/node', 'node')], link: 'node/node', target: 'node' },
  { entries: [{ path: 'a/b/a/b/c' }, soft('a/b/x', 'a/b')], link: 'a/b/x', target: 'a/b' },
  { entries: [soft('a', 'a/a')], link: 'a', target: 'a/a' },
  { entries: [soft('./a/./', 'b')], link: 'a', target: 'b' },
  { entries: [{ path: 'b/c' }, soft('b/b/b', '../../c')], link: 'b/b/b', target: '../../c' },
])('unpacks the symbolic link $link to $target, whatever the two are called', async ({ entries, link, target }) => {
  await unpackEntries(entries);
  expect(await readlink(join(into, link))).toBe(target);
});

it('unpacks a hard link, also one to a hard link and one that stands before its file', async () => {
  await unpackEntries([hard('before', 'a/file'), { path: 'a/file', content: 'x' }, hard('b/c', 'before')]);
  expect(await readFile(join(into, 'b/c'), 'utf8')).toBe('x');
  expect((await stat(join(into, 'a/file'))).nlink).toBe(3);
});

it.each<{ title: string; entries: Entry[]; reason: string }>([
  { title: 'a link to outside by a path that ends in a dot', entries: [soft('a/.', '../x')], reason: 'leads outside' },
  {
    title: 'a link to outside in a folder by a path that ends in a dot',
    entries: [{ path: 'd/', type: 'Directory' }, soft('d/a/.', '../../x')],
    reason: 'leads outside',
  },
  { title: 'a file that leads elsewhere', entries: [{ path: 'x/y', linkpath: 'x' }], reason: 'linkpath forbidden' },
  { title: 'a hard link to nothing', entries: [hard('h', 'none')], reason: 'what is no file of the artefact' },
  { title: 'a hard link to a folder', entries: [{ path: 'd/x' }, hard('h', 'd')], reason: 'what is no file' },
  {
    title: 'a hard link to a link',
    entries: [{ path: 'x' }, soft('l', 'x'), hard('h', 'l')],
    reason: 'no file of the',
  },
  {
    title: 'a hard link to a file behind a link',
    entries: [{ path: 'd/x' }, soft('l', 'd'), hard('h', 'l/x')],
    reason: 'what is no file of the artefact',
  },
  { title: 'a link in place of a file', entries: [{ path: 'x' }, soft('x', 'y')], reason: 'where something else does' },
  {
    title: 'a hard link in place of its file',
    entries: [{ path: 'x' }, hard('x', 'x')],
    reason: 'something else does',
  },
  { title: 'two links of one name', entries: [soft('x', 'y'), soft('./x', 'z')], reason: 'something else does' },
  { title: 'a link in place of the whole', entries: [soft('./', 'x')], reason: 'something else does' },
  { title: 'a file behind a link', entries: [soft('l', 'd'), { path: 'l/x' }], reason: 'where something else does' },
  {
    title: 'a folder behind a link',
    entries: [soft('l', 'd'), { path: 'l/x', type: 'Directory' }],
    reason: 'something else does',
  },
  {
    title: 'a link behind a link',
    entries: [{ path: 'd/', type: 'Directory' }, soft('l', 'd'), soft('l/x', 'y')],
    reason: 'stands behind what is no folder',
  },
  { title: 'a link behind a file', entries: [{ path: 'x' }, hard('x/y', 'x')], reason: 'behind what is no folder' },
])('refuses $title', async ({ entries, reason }) => {
  await expect(unpackEntries(entries)).rejects.toThrow(reason);
});

/** Repeatable numbers below `n`. */
function numbers(seed: number) {
  let state = seed;
  return (n: number): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % n;
  };
}

async function linksIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isSymbolicLink()).map(({ parentPath, name }) => join(parentPath, name));
}

it('comes to an end with whatever paths and links, and leaves no link that leads outside', async () => {
  const next = numbers(7);
  const pick = (from: readonly string[]): string => from[next(from.length)] ?? '';
  const several = (most: number, from: readonly string[]) => Array.from({ length: next(most) }, () => pick(from));
  const path = () => [pick(['a', 'b', '.']), ...several(4, ['a', 'b', 'c', '.', '', 'A'])].join('/');
  const target = () => [...several(4, ['..', '.']), ...several(3, ['a', 'b', '.', 'c'])].join('/') || 'a';
  const entry = (): Entry => {
    const kind = next(5);
    if (kind < 2) return { path: path(), type: kind === 0 ? 'File' : 'Directory' };
    return kind === 2 ? hard(path(), path()) : soft(path(), target());
  };
  let found = 0;
  for (let turn = 0; turn < 300; turn += 1) {
    const folder = join(into, String(turn));
    await mkdir(folder);
    await unpackEntries(Array.from({ length: 1 + next(4) }, entry), folder).catch(() => undefined);
    for (const link of await linksIn(folder)) {
      const leadsTo = resolve(dirname(link), await readlink(link));
      expect(`${leadsTo}/`.startsWith(`${folder}/`), `${link} leads to ${leadsTo}`).toBe(true);
      found += 1;
    }
  }
  expect(found).toBeGreaterThan(50);
  expect(await readdir(join(base, 'deep'))).toEqual(['into']);
  expect((await lstat(into)).isDirectory()).toBe(true);
}, 20_000);

/** A file that gives nothing and does not end. */
async function silentFile() {
  const file = join(base, 'silent');
  execFileSync('mkfifo', [file]);
  const writer = await open(file, 'r+');
  const release = async (): Promise<void> => {
    await writer.write('x');
    await writer.close();
  };
  return { file, writer, release };
}

it('ends with the reason of its stop when it is stopped', async () => {
  const { file, release } = await silentFile();
  const stop = new AbortController();
  const ended = unpack(file, into, stop.signal).catch((error: unknown) => error);
  stop.abort(new Error('superseded by another plan'));
  expect(await ended).toMatchObject({ message: 'superseded by another plan' });
  await release();
});

it('gives up a minute after the last of it has come', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { file, writer, release } = await silentFile();
  let over = false;
  const ended = unpack(file, into, never)
    .catch((error: unknown) => error)
    .finally(() => {
      over = true;
    });
  vi.advanceTimersByTime(59_000);
  await writer.write(tgz([{ path: 'x' }, { path: 'y', content: noise(200_000) }]), 0, 50_000);
  await expect.poll(() => readdir(into)).toContain('x');
  vi.advanceTimersByTime(59_000);
  await new Promise(setImmediate);
  expect(over).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(await ended).toMatchObject({ message: 'the artefact cannot be unpacked: nothing came for 60 s' });
  await release();
});
