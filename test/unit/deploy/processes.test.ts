import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createProcesses } from '../../../infra/deploy/processes.ts';

const node = (script: string) => ({ program: process.execPath, args: ['-e', script], cwd: tmpdir(), quiet: true });
const running = () => createProcesses(new AbortController().signal);

describe('a program that a rollout runs', () => {
  it('answers what it wrote, with the variables that it was given', async () => {
    const told = await running().run({ ...node('console.log(process.env.BUILD_SHA)'), env: { BUILD_SHA: 'abc' } });
    expect(told).toBe('abc\n');
  });

  it('fails with what it complained of', async () => {
    const failing = running().run(node('console.error("no such stack"); process.exit(3)'));
    await expect(failing).rejects.toThrow(/ended with 3: no such stack/);
  });

  it('fails where it does not exist', async () => {
    await expect(running().run({ program: '/nowhere/program', args: [], cwd: tmpdir() })).rejects.toThrow('ENOENT');
  });

  it('is ended with what it has started when the rollout has to end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-processes-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'pid');
    const child = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1e3)`;
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]); setInterval(() => {}, 1e3)`;
    const over = new AbortController();
    const ended = createProcesses(over.signal).run(node(parent));
    const pid = await vi.waitFor(
      async () => Number(await readFile(file, 'utf8')) || Promise.reject(new Error('not yet')),
      {
        timeout: 10_000,
      },
    );
    over.abort();
    await expect(ended).rejects.toThrow('interrupted');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 10_000 });
  });

  it('does not begin once the rollout has to end', async () => {
    const over = AbortSignal.abort();
    await expect(createProcesses(over).run(node('process.exit(0)'))).rejects.toThrow('interrupted');
  });
});
