import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { unpack } from '../../../infra/agent/plugins/unpack.ts';
import { type Entry, tgz } from './archives.ts';

const never = new AbortController().signal;

it.each<{ title: string; entry: Entry; mode: number }>([
  { title: 'no setuid', entry: { path: 'x', mode: 0o4755 }, mode: 0o755 },
  { title: 'no setgid', entry: { path: 'x', mode: 0o2755 }, mode: 0o755 },
  { title: 'no sticky bit', entry: { path: 'x', type: 'Directory', mode: 0o1755 }, mode: 0o755 },
  { title: 'a file that its owner can open', entry: { path: 'x', mode: 0o044 }, mode: 0o644 },
  { title: 'a folder that its owner can enter', entry: { path: 'x', type: 'Directory', mode: 0 }, mode: 0o700 },
])('leaves $title', async ({ entry, mode }) => {
  const into = await mkdtemp(join(tmpdir(), 'muster-unpack-'));
  onTestFinished(() => rm(into, { recursive: true, force: true }));
  const file = join(into, 'artefact.tgz');
  await writeFile(file, tgz([entry]));
  await unpack(file, into, never);
  const { mode: found, uid } = await stat(join(into, 'x'));
  expect(found & 0o7777).toBe(mode & ~process.umask());
  expect(uid).toBe(process.getuid?.());
});

it('refuses an entry of a type that tar does not know, instead of leaving it out', async () => {
  const into = await mkdtemp(join(tmpdir(), 'muster-unpack-'));
  onTestFinished(() => rm(into, { recursive: true, force: true }));
  const archive = gunzipSync(tgz([{ path: 'x' }]));
  archive.write('Z', 156); // the type, and the sum of all bytes, which counts it
  const sum = Number.parseInt(archive.toString('latin1', 148, 154), 8) + 'Z'.charCodeAt(0) - '0'.charCodeAt(0);
  archive.write(sum.toString(8).padStart(6, '0'), 148);
  const file = join(into, 'artefact.tgz');
  await writeFile(file, gzipSync(archive));
  await expect(unpack(file, into, never)).rejects.toThrow('"x" is of an unknown type');
});
