import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createProcesses } from '../../../infra/deploy/processes.ts';
import { createSource } from '../../../infra/deploy/source.ts';

const root = mkdtempSync(join(tmpdir(), 'muster-source-'));
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: root, encoding: 'utf8' }).trim();
git('init', '--quiet');
const commit = (text: string) => {
  writeFileSync(join(root, 'code'), text);
  git('add', 'code');
  git('commit', '--quiet', '-m', text);
  return git('rev-parse', 'HEAD');
};
const [first, second] = [commit('first'), commit('second')];
const source = createSource(createProcesses(new AbortController().signal), root);

afterAll(() => rmSync(root, { recursive: true }));

describe('the code’s history', () => {
  it('knows which commit is checked out, and finds one by the beginning of its sha', async () => {
    expect(await source.sha()).toBe(second);
    expect(await source.sha(first.slice(0, 10))).toBe(first);
  });

  it('refuses a commit that it does not have', async () => {
    await expect(source.sha('0123456789')).rejects.toThrow('git knows no commit 0123456789');
  });

  it('tells what is not committed', async () => {
    expect(await source.changes()).toBe('');
    writeFileSync(join(root, 'more'), '');
    expect(await source.changes()).toBe('?? more');
    rmSync(join(root, 'more'));
  });

  it('lends the code of a commit, and takes it away, also from what fails with it', async () => {
    const folder = join(root, '..', `${Date.now()}-earlier`);
    const read = () => Promise.resolve(readFileSync(join(folder, 'code'), 'utf8'));
    expect(await source.withCode(first, folder, read)).toBe('first');
    const failing = source.withCode(first, folder, () => Promise.reject(new Error('it failed')));
    await expect(failing).rejects.toThrow('it failed');
    expect(existsSync(folder)).toBe(false);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });
});
