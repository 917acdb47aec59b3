import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes a file tree survive a power cut: contents first, then the folders that name them. Links are not followed. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncPath(path);
  }
  await syncPath(folder);
}

/**
 * Replaces a file in one step: a reader, or a restart after a crash, sees the old content or the new one, never a part.
 * @param mode permission bits of the new file, e.g. 0o600
 */
export async function writeDurably(path: string, content: string, mode: number): Promise<void> {
  const temporary = `${path}.new`;
  // Left over from a crash it may have other permissions, which opening it for writing would keep.
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncPath(dirname(path));
}

/** Makes a file's content, or a folder's entries (a rename, a new file), survive a power cut. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
