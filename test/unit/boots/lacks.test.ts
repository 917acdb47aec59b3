import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pack } from '../../../infra/local/artefacts/pack.ts';
import type { Workspace } from '../../boots/registry/operator.ts';
import { lacks } from '../../boots/run/lacks.ts';
import { losePlugins } from '../../boots/runtime/on-disk.ts';

const plugin = { name: 'seo-all', version: '1.1.0', source: 's3://b/a.tgz', sha256: 'a'.repeat(64) };
const shown = { name: 'seo-all', declared_version: '1.1.0', installed_version: '1.1.0', failed_reason: null };
const there: Workspace = { status: 'online', instance_id: null, reconcile_owed: false, plugins: [shown] };

/** A runtime's folder where the plugin is in place. */
async function homeWith({ version = '1.1.0', sha256 = plugin.sha256, packed = '1.1.0' } = {}): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'muster-boots-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const target = join('versions', `${version}@${sha256}`);
  await pack('seo-all', packed, home);
  await mkdir(join(home, 'plugins', 'seo-all', 'versions'), { recursive: true });
  await rename(join(home, `seo-all-${packed}`), join(home, 'plugins', 'seo-all', target));
  await symlink(target, join(home, 'plugins', 'seo-all', 'current'));
  return home;
}

async function configured(current: string): Promise<void> {
  const own = join(current, '.muster');
  const file = `config@${'c'.repeat(64)}.json`;
  await mkdir(own);
  await writeFile(join(own, file), '{}');
  await symlink(file, join(own, 'config.json'));
}

const lacking = async (change: Partial<Workspace> = {}, home?: string) => {
  const disk = home ?? (await homeWith());
  const operator = { workspace: async () => ({ ...there, ...change }) };
  return lacks(operator, { workspaceId: 'w', plugin, home: async () => disk });
};

describe('a booted workspace', () => {
  it('lacks nothing when the registry and the disk say that the plugin is there', async () => {
    expect(await lacking()).toBeUndefined();
  });

  it.each<[string, Partial<Workspace>]>([
    ['the workspace is degraded', { status: 'degraded' }],
    ['undefined is declared', { plugins: [] }],
    ['1.0.0 is declared', { plugins: [{ ...shown, declared_version: '1.0.0' }] }],
    ['the registry shows 1.0.0', { plugins: [{ ...shown, installed_version: '1.0.0' }] }],
    ['the registry shows null', { plugins: [{ ...shown, installed_version: null }] }],
    ['the registry shows a failure: full', { plugins: [{ ...shown, failed_reason: 'full' }] }],
    ['a reconcile is still owed', { reconcile_owed: true }],
  ])('lacks something by the registry: %s', async (what, change) => {
    expect(await lacking(change)).toBe(what);
  });

  it.each([{ version: '1.0.0' }, { sha256: 'b'.repeat(64) }, { packed: '1.0.0' }])(
    'lacks what its disk has not: %j',
    async (other) => {
      expect(await lacking({}, await homeWith(other))).toBe('the disk does not have it');
    },
  );

  it.each<[string, (current: string) => Promise<void>]>([
    ['a file is missing', (current) => rm(join(current, 'rules.json'))],
    ['a file is cut off', (current) => writeFile(join(current, 'rules.json'), '{')],
    ['the manifest is missing', (current) => rm(join(current, 'plugin.json'))],
    ['it has a configuration, and none is declared', configured],
  ])('lacks what its disk has in part: %s', async (_, change) => {
    const home = await homeWith();
    await change(join(home, 'plugins', 'seo-all', 'current'));
    expect(await lacking({}, home)).toBe('the disk does not have it');
  });

  it('lacks it after the loss of its plugins', async () => {
    const home = await homeWith();
    await losePlugins(home);
    expect(await lacking({}, home)).toBe('the disk does not have it');
  });
});
