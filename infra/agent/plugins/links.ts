import { link, lstat, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { ArchiveEntry } from './archive-entry.ts';
import { ArtefactError } from './failure.ts';

export type ArchiveLink = ArchiveEntry & { readonly linkpath: string };

/**
 * Creates the links of an artefact in `into`, which holds its files and folders and no link yet. Each must have passed
 * {@link refusalOf}. Throws {@link ArtefactError} for one that would take the place of something else, that stands
 * behind another link, or that is a hard link to anything but a file of the artefact; and the system's own error.
 */
export async function createLinks(into: string, links: readonly ArchiveLink[]): Promise<void> {
  const isHard = ({ type }: ArchiveLink): boolean => type === 'Link';
  // While there is no symbolic link, the way to a hard link's file cannot lead through one.
  for (const one of links.filter(isHard)) await create(into, one, linkToFile);
  for (const one of links.filter((other) => !isHard(other))) {
    await create(into, one, (path) => symlink(one.linkpath, path));
  }
}

type Create = (path: string, one: ArchiveLink, into: string) => Promise<void>;

async function create(into: string, one: ArchiveLink, make: Create): Promise<void> {
  const path = normalize(one.path).replace(/\/$/, '');
  await makeFolders(into, dirname(path), one);
  try {
    await make(join(into, path), one, into);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw refused(one, 'stands where something else does', error);
  }
}

async function linkToFile(path: string, one: ArchiveLink, into: string): Promise<void> {
  const file = join(into, one.linkpath);
  const there = await lstat(file).catch(() => undefined);
  if (there?.isFile() !== true) throw refused(one, 'is a hard link to what is no file of the artefact');
  await link(file, path);
}

/** Not in one call, which would follow a link on the way. */
async function makeFolders(into: string, path: string, one: ArchiveLink): Promise<void> {
  let folder = into;
  for (const part of path.split('/').filter((name) => name !== '.')) {
    folder = join(folder, part);
    await mkdir(folder).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    const there = await lstat(folder);
    if (!there.isDirectory()) throw refused(one, 'stands behind what is no folder');
  }
}

function refused({ path, linkpath }: ArchiveLink, reason: string, cause?: unknown): ArtefactError {
  const shown = `the link ${JSON.stringify(path)} to ${JSON.stringify(linkpath)}`;
  return new ArtefactError(`the artefact is refused: ${shown} ${reason}`, { cause });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
