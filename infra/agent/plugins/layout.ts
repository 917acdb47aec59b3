import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where plugins are on the disk. The link `current` alone says what is in place: it names a folder that was complete
 * before it got its name, so there is no second record that could disagree after a crash.
 *
 *     plugins/.staging/                            half-finished work; emptied at every start
 *     plugins/<name>/versions/<version>@<sha256>/  unpacked artefacts
 *     plugins/<name>/current -> versions/<version>@<sha256>
 */
export type Layout = {
  readonly plugins: string;
  readonly staging: string;
  plugin(name: string): string;
  versions(name: string): string;
  current(name: string): string;
};

export type Artefact = { readonly version: string; readonly sha256: string };

export function createLayout(home: string): Layout {
  const plugins = join(home, 'plugins');
  return {
    plugins,
    staging: join(plugins, '.staging'),
    plugin: (name) => join(plugins, name),
    versions: (name) => join(plugins, name, 'versions'),
    current: (name) => join(plugins, name, 'current'),
  };
}

/** The folder name of an artefact. A version never holds an `@` (plan.ts), so {@link readInPlace} can take it apart. */
export function folderName({ version, sha256 }: Artefact): string {
  return `${version}@${sha256}`;
}

/** What is in place of one plugin; undefined where `current` is missing, or names what is not there. */
export async function readInPlace(layout: Layout, name: string): Promise<Artefact | undefined> {
  const target = await readlink(layout.current(name)).catch(() => undefined);
  const parts = target === undefined ? null : /^versions\/([^/@]+)@([0-9a-f]{64})$/.exec(target);
  const [, version, sha256] = parts ?? [];
  if (version === undefined || sha256 === undefined) return undefined;
  const there = await stat(layout.current(name)).catch(() => undefined);
  return there?.isDirectory() === true ? { version, sha256 } : undefined;
}

/** Every plugin that is in place, read from the disk each time: what a person deleted by hand is not reported. */
export async function readAllInPlace(layout: Layout): Promise<Map<string, Artefact>> {
  const found = new Map<string, Artefact>();
  for (const name of await readdir(layout.plugins).catch(() => [])) {
    const artefact = await readInPlace(layout, name);
    if (artefact !== undefined) found.set(name, artefact);
  }
  return found;
}
