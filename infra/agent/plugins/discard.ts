import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Deletes a folder with all that is in it, also what a post_install made read-only (as Go does its module cache), which
 * an agent that is not root could not empty otherwise. Throws the system's error where something is left all the same.
 */
export async function discard(folder: string): Promise<void> {
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch {
    // What keeps it from being opened is what the second attempt then throws.
    await makeWritable(folder).catch(() => undefined);
    await remove();
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}
