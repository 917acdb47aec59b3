import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { heartbeatRequest } from '../../../functions/heartbeat/schema.ts';
import { createLayout, type Layout, readAllInPlace } from '../../../infra/agent/plugins/layout.ts';
import { sha256 } from './applier.ts';

let layout: Layout;
beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'muster-layout-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  layout = createLayout(home);
});

async function put(name: string, version: string): Promise<void> {
  await mkdir(join(layout.versions(name), `${version}@${sha256}`), { recursive: true });
  await symlink(`versions/${version}@${sha256}`, layout.current(name));
}

it.each([
  { name: 'a (copy)', version: '1' },
  { name: 'A', version: '1' },
  { name: '.hidden', version: '1' },
  { name: 'b', version: '1.0 patched' },
  { name: 'b', version: '1'.repeat(101) },
])('finds no plugin in a folder that a person made: $name $version', async ({ name, version }) => {
  await put('a', '1.0-rc.1');
  await put(name, version).catch(() => undefined);
  const found = [...(await readAllInPlace(layout))].map(([of, configured]) => ({ name: of, ...configured }));
  expect(found).toEqual([{ name: 'a', version: '1.0-rc.1', sha256 }]);
  const beat = { workspace_id: '019a0000-0000-7000-8000-000000000001', error_rate: 0, active_tasks: 0 };
  expect(heartbeatRequest.safeParse({ ...beat, uptime_seconds: 1, plugins: found }).error).toBeUndefined();
});

it('finds no plugin where there is no folder for them yet', async () => {
  expect([...(await readAllInPlace(layout))]).toEqual([]);
});

it.each(['a loop of links', 'a file'])(
  'does not take a plugins folder that cannot be read for an empty one: %s',
  async (title) => {
    if (title === 'a file') await writeFile(layout.plugins, '');
    else await symlink('plugins', layout.plugins);
    await expect(readAllInPlace(layout)).rejects.toThrow(/ELOOP|ENOTDIR/);
  },
);
