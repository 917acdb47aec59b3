import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './failure.ts';
import { NAME, VERSION } from './plan.ts';

/**
 * Where plugins are on the disk. The link `current` alone says what is in place: it names a folder that was complete
 * before it got its name, so there is no second record that could disagree after a crash.
 *
 *     plugins/.staging/                            half-finished work; emptied at every start
 *     plugins/.downloads/<name>@<sha256>.part      as much of an artefact as has come; outlives a restart
 *     plugins/<name>/versions/<version>@<sha256>/  unpacked artefacts
 *     plugins/<name>/current -> versions/<version>@<sha256>
 *
 * In the same way the link `.muster/config.json` in an unpacked artefact alone says what it is configured with:
 *
 *     plugins/<name>/current/.muster/config.json -> config@<digest>.json
 */
export type Layout = {
  readonly plugins: string;
  readonly staging: string;
  readonly downloads: string;
  plugin(name: string): string;
  versions(name: string): string;
  current(name: string): string;
};

export type Artefact = { readonly version: string; readonly sha256: string };

/** An artefact with the name of its configuration, if it has one. */
export type Configured = Artefact & { readonly config_digest?: string | undefined };

/** The agent's own folder in an unpacked artefact. */
export const OWN_FOLDER = '.muster';
/** What a plugin reads its configuration from, counted from its own folder. */
export const CONFIG_FILE = `${OWN_FOLDER}/config.json`;

export function createLayout(home: string): Layout {
  const plugins = join(home, 'plugins');
  return {
    plugins,
    staging: join(plugins, '.staging'),
    downloads: join(plugins, '.downloads'),
    plugin: (name) => join(plugins, name),
    versions: (name) => join(plugins, name, 'versions'),
    current: (name) => join(plugins, name, 'current'),
  };
}

/** The folder name of an artefact. A version never holds an `@` (plan.ts), so {@link readInPlace} can take it apart. */
export function folderName({ version, sha256 }: Artefact): string {
  return `${version}@${sha256}`;
}

/** The name of a configuration's file, which `config.json` points to. */
export function configName(digest: string): string {
  return `config@${digest}.json`;
}

/** What is in place of one plugin; undefined where `current` is missing, or names what is not there. */
export async function readInPlace(layout: Layout, name: string): Promise<Configured | undefined> {
  const target = await readlink(layout.current(name)).catch(() => undefined);
  const parts = target === undefined ? null : /^versions\/([^/@]+)@([0-9a-f]{64})$/.exec(target);
  const [, version, sha256] = parts ?? [];
  if (version === undefined || sha256 === undefined || !VERSION.test(version)) return undefined;
  // By its own name: `current` may by now lead to another version, whose configuration is not this one's.
  const folder = join(layout.versions(name), folderName({ version, sha256 }));
  const there = await stat(folder).catch(() => undefined);
  if (there?.isDirectory() !== true) return undefined;
  return { version, sha256, config_digest: await readConfigDigest(folder) };
}

/** What an unpacked artefact is configured with; undefined where `config.json` is missing, or names what is not there. */
async function readConfigDigest(folder: string): Promise<string | undefined> {
  const target = await readlink(join(folder, CONFIG_FILE)).catch(() => undefined);
  const [, digest] = (target === undefined ? null : /^config@([0-9a-fA-F]{64})\.json$/.exec(target)) ?? [];
  const there = await stat(join(folder, CONFIG_FILE)).catch(() => undefined);
  return there?.isFile() === true ? digest : undefined;
}

/**
 * Every plugin that is in place, read from the disk each time: what a person deleted by hand is not reported, nor is a
 * folder whose name is no plugin's. Throws the system's error where the folder cannot be read: what is in place is then
 * not known, which is not the same as nothing.
 */
export async function readAllInPlace(layout: Layout): Promise<Map<string, Configured>> {
  const found = new Map<string, Configured>();
  for (const name of await pluginFolders(layout)) {
    const artefact = await readInPlace(layout, name);
    if (artefact !== undefined) found.set(name, artefact);
  }
  return found;
}

/** The names of all plugins that have a folder, whatever is in it. Throws the system's error, but where there is none. */
export async function pluginFolders(layout: Layout): Promise<string[]> {
  const entries = await readdir(layout.plugins).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return entries.filter((entry) => NAME.test(entry));
}
