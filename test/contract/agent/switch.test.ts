import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLayout, folderName } from '../../../infra/agent/plugins/layout.ts';
import { switchTo } from '../../../infra/agent/plugins/switch.ts';

it('whoever reads through the link during switches always finds a version', async () => {
  const home = await mkdtemp(join(tmpdir(), 'muster-switch-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const layout = createLayout(home);
  const versions = ['1', '2'].map((version) => ({ version, sha256: version.repeat(64) }));
  for (const one of versions) {
    const folder = join(layout.versions('a'), folderName(one));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'main.js'), one.version);
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
  while (!over) expect(['1', '2']).toContain(await readFile(join(layout.current('a'), 'main.js'), 'utf8'));
  await switching;
});
