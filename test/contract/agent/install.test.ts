import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createInstaller, type Installer } from '../../../infra/agent/plugins/install.ts';
import { createLayout, type Layout } from '../../../infra/agent/plugins/layout.ts';

let layout: Layout;
let installer: Installer;
beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'muster-install-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  layout = createLayout(home);
  installer = createInstaller(layout, fetch, { PATH: '', HOME: '', LANG: '' });
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
