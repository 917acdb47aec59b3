import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath, syncTree } from '../durable.ts';
import { type Artefact, folderName, type Layout } from './layout.ts';

/**
 * Gives a finished folder its place among the versions, in one rename, after everything in it is on the disk: a folder
 * that is found there is complete. One of that name which is there already is left.
 */
export async function placeVersion(layout: Layout, name: string, artefact: Artefact, unpacked: string): Promise<void> {
  await syncTree(unpacked);
  await mkdir(layout.versions(name), { recursive: true });
  await rename(unpacked, join(layout.versions(name), folderName(artefact)));
  await syncPath(layout.versions(name));
  await syncPath(layout.plugins);
}

/** Lets `current` name another version: the new link takes the place of the old one in one rename. */
export async function switchTo(layout: Layout, name: string, artefact: Artefact, work: string): Promise<void> {
  const link = join(work, 'current');
  await symlink(join('versions', folderName(artefact)), link);
  await rename(link, layout.current(name));
  await syncPath(layout.plugin(name));
}

/** Deletes all versions but those to keep. What it leaves behind when it is killed, the next one deletes. */
export async function pruneVersions(layout: Layout, name: string, keep: readonly Artefact[]): Promise<void> {
  const kept = keep.map(folderName);
  for (const entry of await readdir(layout.versions(name))) {
    if (!kept.includes(entry)) await rm(join(layout.versions(name), entry), { recursive: true, force: true });
  }
}
