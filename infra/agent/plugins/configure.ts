import { mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath, writeDurably } from '../durable.ts';
import { CONFIG_FILE, configName, OWN_FOLDER } from './layout.ts';
import type { InstallAction } from './plan.ts';

type Wanted = Pick<InstallAction, 'config' | 'config_digest'>;

/**
 * Gives an unpacked artefact its configuration, or takes it away: the link that the plugin reads through takes the
 * place of the old one in one rename, after what it points to is on the disk. Throws an error of the disk; until that
 * rename the plugin reads what it read before.
 */
export async function configure(folder: string, { config, config_digest }: Wanted): Promise<void> {
  const own = join(folder, OWN_FOLDER);
  const link = join(folder, CONFIG_FILE);
  const before = await readlink(link).catch(() => undefined);
  if (config === undefined || config_digest === undefined) {
    await rm(link, { force: true });
    await prune(own, [before]);
    return;
  }
  const after = configName(config_digest);
  await mkdir(own, { recursive: true });
  await writeDurably(join(own, after), JSON.stringify(config), 0o644);
  await pointTo(after, link);
  // Before older ones are deleted: after a power cut the link must not lead to one of them.
  await syncPath(own);
  await syncPath(folder);
  // The one before stays: whoever has just followed the link to it has yet to open it.
  await prune(own, [before, after]);
}

async function pointTo(target: string, link: string): Promise<void> {
  const temporary = `${link}.new`;
  // Left over from a crash.
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, link);
}

/** Deletes all configurations but those to keep. What it leaves behind when it is killed, the next one deletes. */
async function prune(own: string, keep: readonly (string | undefined)[]): Promise<void> {
  const entries = await readdir(own).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) {
    if (entry.startsWith('config@') && !keep.includes(entry)) await rm(join(own, entry), { force: true });
  }
  await syncPath(own);
}
