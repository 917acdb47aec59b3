import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createInstaller, type Installer } from '../../../infra/agent/plugins/install.ts';
import { createLayout, type Layout } from '../../../infra/agent/plugins/layout.ts';
import { sha256, tgz } from './archives.ts';

let layout: Layout;
let installer: Installer;
let logged: string[];
beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'muster-install-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  layout = createLayout(home);
  logged = [];
  installer = createInstaller(layout, fetch, { PATH: '', HOME: '', LANG: '' }, (event) => logged.push(event));
  await mkdir(layout.downloads, { recursive: true });
});

const leavePart = async (name: string, hoursAgo = 0): Promise<string> => {
  const part = `${name}@${'a'.repeat(64)}.part`;
  await writeFile(join(layout.downloads, part), 'x');
  const at = Date.now() / 1000 - hoursAgo * 3_600;
  await utimes(join(layout.downloads, part), at, at);
  return part;
};

it('deletes at its start what was half done, and what nobody has gone on downloading for a day', async () => {
  await mkdir(join(layout.staging, 'a-123/unpacked'), { recursive: true });
  await leavePart('a', 25);
  const kept = await leavePart('b', 1);
  await installer.recover();
  expect(await readdir(layout.downloads)).toEqual([kept]);
  expect(await readdir(layout.plugins)).toEqual(['.downloads']);
});

it.each(['in place', 'not in place'])(
  'deletes what was downloaded of a plugin that it removes, and that is %s',
  async (state) => {
    if (state === 'in place') await mkdir(layout.versions('a'), { recursive: true });
    await leavePart('a');
    const other = await leavePart('ab');
    expect(await installer.remove({ action: 'remove', name: 'a' })).toBe(state === 'in place' ? 'removed' : 'already');
    expect(await readdir(layout.downloads)).toEqual([other]);
  },
);

const version = `1@${'a'.repeat(64)}`;

it('deletes at its start the versions of a plugin that were never put in place, and nothing else', async () => {
  for (const name of ['ready', 'used', 'broken'])
    await mkdir(join(layout.versions(name), version), { recursive: true });
  await symlink(`versions/${version}`, layout.current('used'));
  await symlink('versions/none', layout.current('broken'));
  await mkdir(layout.plugin('notes'));
  await mkdir(layout.versions('Notes'), { recursive: true });
  await writeFile(layout.plugin('readme'), '');
  await installer.recover();
  const left = await readdir(layout.plugins);
  expect(left.sort()).toEqual(['.downloads', '.staging', 'Notes', 'broken', 'notes', 'readme', 'used']);
  expect(await readdir(layout.staging)).toEqual([]);
  expect(logged).toEqual([]);
});

it('deletes at its start what was downloaded of the version that is in place, and of no other', async () => {
  await mkdir(join(layout.versions('a'), version), { recursive: true });
  await symlink(`versions/${version}`, layout.current('a'));
  await leavePart('a');
  const other = `a@${'b'.repeat(64)}.part`;
  await writeFile(join(layout.downloads, other), 'x');
  await installer.recover();
  expect(await readdir(layout.downloads)).toEqual([other]);
});

it('starts all the same where it cannot delete what is left, and logs that', async () => {
  await rm(layout.plugins, { recursive: true });
  await symlink('plugins', layout.plugins);
  await installer.recover();
  expect(logged).toContain('plugins.not_cleaned');
});

it('says what went wrong with the work, not that it could not be cleaned up after it', async () => {
  const loop = 'cd ../../.. && mv .staging .moved && ln -s .staging .staging; exit 3';
  const manifest = JSON.stringify({ post_install: { command: ['/bin/sh', '-c', `PATH=/usr/bin:/bin; ${loop}`] } });
  const archive = tgz([{ path: 'plugin.json', content: manifest }]);
  await writeFile(join(layout.downloads, `a@${sha256(archive)}.part`), archive);
  const action = {
    action: 'install',
    name: 'a',
    version: '1',
    url: 'http://127.0.0.1:9/',
    sha256: sha256(archive),
  } as const;
  await expect(installer.install(action, new AbortController().signal)).rejects.toThrow('post_install ended with 3');
  expect(logged).toEqual(['plugins.not_cleaned']);
});
