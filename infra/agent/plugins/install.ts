import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../durable.ts';
import { download } from './download.ts';
import { folderName, type Layout, readInPlace } from './layout.ts';
import type { InstallAction, RemoveAction } from './plan.ts';
import { placeVersion, pruneVersions, switchTo } from './switch.ts';
import { unpack } from './unpack.ts';
import { verifySha256 } from './verify.ts';

/** Whether an action had anything to do. */
export type Outcome = 'changed' | 'already';

/** Carries out the actions of a plan, one at a time for each plugin. */
export type Installer = {
  /** Deletes what a killed agent left half done. Call it before anything else, once. */
  recover(): Promise<void>;
  /**
   * Puts one version of a plugin in place. The old version is in place until the new one is, whatever happens: throws
   * ArtefactError, an error of the disk, or `stop`'s reason, and then nothing has changed.
   */
  install(action: InstallAction, stop: AbortSignal): Promise<Outcome>;
  /** Removes a plugin with all its versions. */
  remove(action: RemoveAction): Promise<Outcome>;
};

export function createInstaller(layout: Layout, fetch: typeof globalThis.fetch): Installer {
  /** Runs `work` with a folder on the same file system as the plugins, so that a rename out of it is one step. */
  async function staged<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(layout.staging, { recursive: true });
    const folder = await mkdtemp(join(layout.staging, `${name}-`));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  async function fetchVersion(action: InstallAction, work: string, stop: AbortSignal): Promise<void> {
    const file = join(work, 'artefact.tgz');
    const unpacked = join(work, 'unpacked');
    await download(action.url, file, fetch, stop);
    await verifySha256(file, action.sha256);
    await mkdir(unpacked);
    await unpack(file, unpacked);
    stop.throwIfAborted();
    await placeVersion(layout, action.name, action, unpacked);
  }

  return {
    async recover() {
      await rm(layout.staging, { recursive: true, force: true });
    },
    async install(action, stop) {
      const before = await readInPlace(layout, action.name);
      if (before?.version === action.version && before.sha256 === action.sha256) return 'already';
      return await staged(action.name, async (work): Promise<Outcome> => {
        const there = await stat(join(layout.versions(action.name), folderName(action))).catch(() => undefined);
        if (there === undefined) await fetchVersion(action, work, stop);
        await switchTo(layout, action.name, action, work);
        // The one before stays: a process that still runs from it may yet open files of it.
        await pruneVersions(layout, action.name, before === undefined ? [action] : [action, before]);
        return 'changed';
      });
    },
    async remove(action) {
      const there = await stat(layout.plugin(action.name)).catch(() => undefined);
      if (there === undefined) return 'already';
      return await staged(action.name, async (work): Promise<Outcome> => {
        await rename(layout.plugin(action.name), join(work, 'removed'));
        await syncPath(layout.plugins);
        return 'changed';
      });
    },
  };
}
