import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { refusalOf } from '../../../infra/agent/plugins/archive-entry.ts';

it.each([
  { type: 'File', path: 'main.js' },
  { type: 'File', path: './a/..b/c..' },
  { type: 'Directory', path: './' },
  { type: 'File', path: 'a/.muster/config.json' },
  { type: 'File', path: '.muster.json' },
  { type: 'SymbolicLink', path: 'bin/run', linkpath: '../lib/run.js' },
  { type: 'SymbolicLink', path: 'a/b/c', linkpath: '../..' },
  { type: 'SymbolicLink', path: 'current', linkpath: './lib//x' },
  { type: 'SymbolicLink', path: 'dangling', linkpath: 'not-there' },
  { type: 'Link', path: 'a/b', linkpath: 'a/c' },
])('lets $type $path $linkpath through', (entry) => {
  expect(refusalOf(entry)).toBeUndefined();
});

it.each([
  { type: 'File', path: '/etc/cron.d/x', reason: 'is absolute' },
  { type: 'File', path: '../x', reason: 'holds ".."' },
  { type: 'File', path: 'a/../../x', reason: 'holds ".."' },
  { type: 'Directory', path: 'a/..', reason: 'holds ".."' },
  { type: 'SymbolicLink', path: 'x', linkpath: '/etc', reason: 'leads outside' },
  { type: 'SymbolicLink', path: 'x', linkpath: '..', reason: 'leads outside' },
  { type: 'SymbolicLink', path: 'a/x', linkpath: '../../y', reason: 'leads outside' },
  { type: 'SymbolicLink', path: 'a/x', linkpath: 'b/../y', reason: 'climbs after it has gone down' },
  { type: 'SymbolicLink', path: 'x', linkpath: '', reason: 'leads outside' },
  { type: 'SymbolicLink', path: 'x', reason: 'leads outside' },
  { type: 'Link', path: 'a/b/x', linkpath: '../y', reason: 'leads outside' },
  { type: 'File', path: '.muster/config.json', reason: "is the agent's own" },
  { type: 'Directory', path: './/.muster/', reason: "is the agent's own" },
  { type: 'SymbolicLink', path: '.Muster', linkpath: 'a', reason: "is the agent's own" },
  { type: 'CharacterDevice', path: 'null', reason: 'is a CharacterDevice' },
  { type: 'FIFO', path: 'pipe', reason: 'is a FIFO' },
])('refuses $type $path $linkpath: $reason', ({ reason, ...entry }) => {
  expect(refusalOf(entry)).toContain(reason);
});

it('lets no symbolic link through that resolves to a place outside the folder', () => {
  const segments = fc.array(fc.constantFrom('..', '.', '', 'a', 'b'), { maxLength: 6 });
  const folders = fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 });
  fc.assert(
    fc.property(folders, segments, (folder, target) => {
      const entry = { type: 'SymbolicLink', path: [...folder, 'link'].join('/'), linkpath: target.join('/') };
      const resolved = posix.resolve('/root', ...folder, target.join('/'));
      return refusalOf(entry) !== undefined || resolved === '/root' || resolved.startsWith('/root/');
    }),
    { numRuns: 2_000 },
  );
});
