import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { configure } from '../../../infra/agent/plugins/configure.ts';
import { runPostInstall } from '../../../infra/agent/plugins/post-install.ts';
import { isAlive } from './alive.ts';
import { digestOf } from './plans.ts';

const never = new AbortController().signal;
let folder: string;
let temporary: string;
beforeEach(async () => {
  const work = await mkdtemp(join(tmpdir(), 'muster-hook-'));
  onTestFinished(() => rm(work, { recursive: true, force: true, maxRetries: 3 }));
  [folder, temporary] = [join(work, 'unpacked'), join(work, 'tmp')];
  await mkdir(folder);
});

const environment = { PATH: process.env['PATH'] ?? '', HOME: '/srv/of-the-agent', LANG: 'C.UTF-8' };
const run = (stop = never) =>
  runPostInstall({ plugin: { name: 'seo-all', version: '1.2.3' }, folder, temporary, environment }, stop);
const declare = (post_install: unknown) =>
  writeFile(join(folder, 'plugin.json'), JSON.stringify({ name: 'seo-all', post_install }));
/** A hook that is a line for the shell: it names the shell itself. */
const declareLine = (line: string, timeout_seconds?: number) =>
  declare({ command: ['sh', '-c', line], ...(timeout_seconds === undefined ? {} : { timeout_seconds }) });
const read = (file: string) => readFile(join(folder, file), 'utf8');
const pidIn = async (file: string) => Number(await read(file));

it('runs a program of the artefact in its folder, with its arguments as they are', async () => {
  await writeFile(join(folder, 'setup.sh'), '#!/bin/sh\nprintf "%s\\n" "$PWD" "$@" > ran', { mode: 0o755 });
  await declare({ command: ['./setup.sh', 'two words', '$HOME; exit 1', ''] });
  await run();
  expect(await read('ran')).toBe(`${folder}\ntwo words\n$HOME; exit 1\n\n`);
});

it.each([
  { title: 'without a plugin.json', prepare: async () => undefined },
  { title: 'whose plugin.json asks for nothing', prepare: () => declare(undefined) },
])('runs nothing for an artefact $title', async ({ prepare }) => {
  await prepare();
  await run();
});

it('tells the hook which plugin it is of, and nothing of the agent', async () => {
  process.env['MUSTER_HOME'] = '/var/lib/muster';
  onTestFinished(() => {
    delete process.env['MUSTER_HOME'];
  });
  await declareLine('env > environment; pwd > "$TMPDIR/there"');
  await configure(folder, { config: { depth: 1 }, config_digest: digestOf(1) });
  await run();
  const told = new Map(
    (await read('environment'))
      .trimEnd()
      .split('\n')
      .map((line) => [line.split('=', 1)[0], line]),
  );
  // What shells set for themselves.
  for (const name of ['PWD', 'OLDPWD', 'SHLVL', '_']) told.delete(name);
  const config = join(folder, '.muster/config.json');
  expect([...told.values()].sort()).toEqual([
    'HOME=/srv/of-the-agent',
    'LANG=C.UTF-8',
    `MUSTER_PLUGIN_CONFIG=${config}`,
    'MUSTER_PLUGIN_NAME=seo-all',
    'MUSTER_PLUGIN_VERSION=1.2.3',
    `PATH=${environment.PATH}`,
    `TMPDIR=${temporary}`,
  ]);
  expect(await readFile(config, 'utf8')).toBe('{"depth":1}');
});

it('names no configuration where there is none', async () => {
  await declareLine('env > environment');
  await run();
  expect(await read('environment')).not.toContain('MUSTER_PLUGIN_CONFIG');
});

it.each([
  { title: 'a status', line: 'echo out; echo err >&2; exit 3', reason: 'post_install ended with 3: out err' },
  { title: 'a status and no word', line: 'exit 3', reason: 'post_install ended with 3' },
  { title: 'a signal', line: 'kill -SEGV $$', reason: 'post_install was ended by SIGSEGV' },
  {
    title: 'colours and lines',
    line: String.raw`printf '\033[31mred\n\n\ttext\r\n'; exit 1`,
    reason: 'post_install ended with 1: [31mred text',
  },
])('fails with $title', async ({ line, reason }) => {
  await declareLine(line);
  await expect(run()).rejects.toMatchObject({ name: 'ArtefactError', message: reason });
});

it('says which program is not there, and which may not be run', async () => {
  await writeFile(join(folder, 'text'), 'x', { mode: 0o644 });
  await declare({ command: ['./none'] });
  await expect(run()).rejects.toThrow(/^post_install ended with 127: .*\.\/none/);
  await rm(temporary, { recursive: true });
  await declare({ command: ['./text'] });
  await expect(run()).rejects.toThrow(/^post_install ended with 126: .*\.\/text/);
});

it('tells what a hook printed last, however much of it is on its way when it ends', async () => {
  await declareLine('head -c 60000 /dev/zero | tr "\\0" x; echo "the cause"; exit 1');
  for (let turn = 0; turn < 10; turn += 1) {
    await expect(run()).rejects.toThrow(/^post_install ended with 1: x+ ?the cause$/);
    await rm(temporary, { recursive: true });
  }
});

it('keeps only the end of what it prints', async () => {
  await declareLine('head -c 20000000 /dev/zero | tr "\\0" x; echo "the cause"; exit 1');
  await expect(run()).rejects.toThrow(/^post_install ended with 1: x{191}the cause$/);
});

it('ends the whole group when its time is over', async () => {
  await declareLine('sleep 60 & echo $! > child; trap "" TERM; echo $$ > leader; sleep 60; sleep 60', 1);
  await expect(run()).rejects.toThrow(/^post_install took longer than 1 s$/);
  await expect.poll(async () => isAlive(await pidIn('leader'))).toBe(false);
  await expect.poll(async () => isAlive(await pidIn('child'))).toBe(false);
});

it('ends the whole group when it is told to stop', async () => {
  await declareLine('sleep 60 & echo $! > child; wait');
  const stop = new AbortController();
  const ended = run(stop.signal).catch((error: unknown) => error);
  await expect.poll(() => read('child').catch(() => '')).not.toBe('');
  stop.abort(new Error('superseded by another plan'));
  expect(await ended).toMatchObject({ message: 'superseded by another plan' });
  await expect.poll(async () => isAlive(await pidIn('child'))).toBe(false);
});

it('does not wait for a hook that it was told to stop before', async () => {
  await declareLine('sleep 60');
  await expect(run(AbortSignal.abort(new Error('the agent ends')))).rejects.toThrow('the agent ends');
});

it('ends what a hook that ended well has left running, and does not wait for it', async () => {
  await declareLine('sleep 60 & echo $! > child');
  await run();
  await expect.poll(async () => isAlive(await pidIn('child'))).toBe(false);
});

// Nothing but the agent itself ends the group then: the process that notices the agent's death is gone.
const killOthers = `const fs = require('node:fs');
for (const pid of fs.existsSync('/proc') ? fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)) : []) {
  try {
    const group = Number(fs.readFileSync('/proc/' + pid + '/stat', 'latin1').split(') ')[1].split(' ')[2]);
    if (group === process.pid && Number(pid) !== process.pid) process.kill(Number(pid), 'SIGKILL');
  } catch {}
}
const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
fs.writeFileSync('child', String(child.pid));`;

it.each([
  { title: 'whose time is over', end: 'setInterval(() => undefined, 1000);', reason: /took longer than 1 s/ },
  { title: 'that ends', end: 'process.exit(3);', reason: /ended with 3/ },
])(
  'ends the whole group of a hook $title, also when that has killed all it has not started',
  async ({ end, reason }) => {
    await writeFile(join(folder, 'kill-others.cjs'), `${killOthers}\n${end}`);
    await declare({ command: [process.execPath, 'kill-others.cjs'], timeout_seconds: 1 });
    await expect(run()).rejects.toThrow(reason);
    await expect.poll(async () => isAlive(await pidIn('child'))).toBe(false);
  },
);

it('waits for no process that has left the group, also when it holds the output', async () => {
  const leave = `require('child_process').spawn('sh', ['-c', 'echo $$ > service; sleep 60'], { detached: true, stdio: 'inherit' }).unref()`;
  await writeFile(join(folder, 'leave.cjs'), leave);
  await declareLine(`"${process.execPath}" leave.cjs; while [ ! -s service ]; do sleep 0.05; done`);
  await run();
  const service = await pidIn('service');
  onTestFinished(() => {
    process.kill(service, 'SIGKILL');
  });
  expect(isAlive(service)).toBe(true);
});

it('does not give the hook a child that it has not started', async () => {
  const look = `const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const parentOf = (pid) => { try { return Number(/^PPid:\\s+(\\d+)$/m.exec(readFileSync('/proc/' + pid + '/status', 'utf8'))[1]); } catch {} };
const all = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\\d+$/.test(name)) : [];
writeFileSync('children', JSON.stringify(all.filter((pid) => parentOf(pid) === process.pid)));`;
  await writeFile(join(folder, 'look.cjs'), look);
  await declare({ command: [process.execPath, 'look.cjs'] });
  await run();
  expect(JSON.parse(await read('children'))).toEqual([]);
});
