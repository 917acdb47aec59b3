import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { readPostInstall } from '../../../infra/agent/plugins/manifest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-manifest-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});
const write = (content: string) => writeFile(join(folder, 'plugin.json'), content);

it('reads what is to be run, and gives it a minute unless it asks for another time', async () => {
  const command = ['./setup.sh', '-x', ''];
  await write(JSON.stringify({ name: 'a', post_install: { command } }));
  expect(await readPostInstall(folder)).toEqual({ command, timeout_seconds: 60 });
  await write(JSON.stringify({ post_install: { command, timeout_seconds: 900 } }));
  expect(await readPostInstall(folder)).toEqual({ command, timeout_seconds: 900 });
});

it.each(['{}', '{"post_install_notes": 1, "version": 2}'])('finds nothing to run in %s', async (content) => {
  await write(content);
  expect(await readPostInstall(folder)).toBeUndefined();
});

it.each([
  { post_install: null, reason: 'post_install' },
  { post_install: './setup.sh', reason: 'post_install' },
  { post_install: {}, reason: 'post_install.command' },
  { post_install: { command: [] }, reason: 'post_install.command' },
  { post_install: { command: 'setup.sh' }, reason: 'post_install.command' },
  { post_install: { command: [''] }, reason: 'post_install.command.0' },
  { post_install: { command: ['-c'] }, reason: 'post_install.command.0 begins with a dash' },
  { post_install: { command: ['a', 1] }, reason: 'post_install.command.1' },
  { post_install: { command: ['a\0b'] }, reason: 'post_install.command.0 holds a zero byte' },
  { post_install: { command: ['a', '\0'] }, reason: 'post_install.command.1 holds a zero byte' },
  { post_install: { command: ['a'], timeout_seconds: 0 }, reason: 'post_install.timeout_seconds' },
  { post_install: { command: ['a'], timeout_seconds: 901 }, reason: 'post_install.timeout_seconds' },
  { post_install: { command: ['a'], timeout_seconds: 1.5 }, reason: 'post_install.timeout_seconds' },
  { post_install: { command: ['a'], timeout: 5 }, reason: 'post_install Unrecognized key: "timeout"' },
])('says what is wrong with $post_install', async ({ post_install, reason }) => {
  await write(JSON.stringify({ post_install }));
  await expect(readPostInstall(folder)).rejects.toThrow(`plugin.json cannot be used: ${reason}`);
});

it('says so when the file is none that can be read', async () => {
  await write('{"post_install": ');
  await expect(readPostInstall(folder)).rejects.toThrow('plugin.json is no JSON');
  await write('[]');
  await expect(readPostInstall(folder)).rejects.toThrow('plugin.json cannot be used: ');
  await write(JSON.stringify({ notes: 'x'.repeat(64 * 1024) }));
  await expect(readPostInstall(folder)).rejects.toThrow('plugin.json is larger than 65536 bytes');
  await rm(join(folder, 'plugin.json'));
  await mkdir(join(folder, 'plugin.json'));
  await expect(readPostInstall(folder)).rejects.toThrow('plugin.json is no file');
});
