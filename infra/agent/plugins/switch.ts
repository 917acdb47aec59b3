import { mkdir, readdir, rename, symlink } from 'node:fs/promises';
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

/**
 * Moves all versions but those to keep into `work`, which the caller deletes: a version that is deleted where it is
 * would, were the agent killed in the middle of it, be found there later and taken for complete.
 */
export async function pruneVersions(
  layout: Layout,
  name: string,
  keep: readonly Artefact[],
  work: string,
): Promise<void> {
  const kept = keep.map(folderName);
  for (const entry of await readdir(layout.versions(name))) {
    if (!kept.includes(entry)) await rename(join(layout.versions(name), entry), join(work, entry));
  }
  await syncPath(layout.versions(name));
}
