import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from './scratch-project.ts';

it('tests run on Node 24', () => {
  expect(process.version).toMatch(/^v24\./);
});

// What runs the tests may have put Node 24 first in PATH already: npm gets the PATH of a plain shell.
it('npm runs scripts on Node 24, whatever the Node of the machine', () => {
  const shellPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const run = spawnSync('npm', ['exec', '--offline', '-c', 'node --version'], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, PATH: shellPath.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(run.stdout, run.stderr).toMatch(/^v24\./m);
}, 20_000);
