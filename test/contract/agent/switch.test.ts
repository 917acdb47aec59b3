import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configure } from '../../../infra/agent/plugins/configure.ts';
import { createLayout, folderName, readInPlace } from '../../../infra/agent/plugins/layout.ts';
import { pruneVersions, switchTo } from '../../../infra/agent/plugins/switch.ts';

it('whoever reads through the link during switches always finds a version, and its own configuration', async () => {
  const home = await mkdtemp(join(tmpdir(), 'muster-switch-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const layout = createLayout(home);
  const versions = ['1', '2'].map((version) => {
    const digest = version.repeat(64);
    return { version, sha256: digest, config_digest: digest };
  });
  for (const one of versions) {
    const folder = join(layout.versions('a'), folderName(one));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'main.js'), one.version);
    await configure(folder, { config: {}, config_digest: one.config_digest });
  }
  let over = false;
  const switching = (async () => {
    for (let turn = 0; turn < 100; turn += 1) {
      const work = await mkdtemp(join(home, 'work-'));
      for (const one of versions) await switchTo(layout, 'a', one, work);
    }
  })().finally(() => {
    over = true;
  });
  await expect.poll(() => lstat(layout.current('a'))).toBeDefined();
  while (!over) {
    expect(['1', '2']).toContain(await readFile(join(layout.current('a'), 'main.js'), 'utf8'));
    expect(versions).toContainEqual(await readInPlace(layout, 'a'));
  }
  await switching;
});

it('takes a version that is not to be kept from its place as a whole, before anything of it is deleted', async () => {
  const home = await mkdtemp(join(tmpdir(), 'muster-prune-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const layout = createLayout(home);
  const [old, kept] = ['1', '2'].map((version) => ({ version, sha256: version.repeat(64) }));
  if (old === undefined || kept === undefined) throw new Error('two versions');
  for (const one of [old, kept]) {
    await mkdir(join(layout.versions('a'), folderName(one)), { recursive: true });
    await writeFile(join(layout.versions('a'), folderName(one), 'main.js'), one.version);
  }
  const work = await mkdtemp(join(home, 'work-'));
  await pruneVersions(layout, 'a', [kept], work);
  expect(await readdir(layout.versions('a'))).toEqual([folderName(kept)]);
  expect(await readFile(join(work, folderName(old), 'main.js'), 'utf8')).toBe('1');
});
