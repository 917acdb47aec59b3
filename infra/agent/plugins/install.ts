import { lstat, mkdir, mkdtemp, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../durable.ts';
import type { Log } from '../log.ts';
import { configure } from './configure.ts';
import { discard } from './discard.ts';
import { describeFailure, isMissing, isOutOfRoom } from './failure.ts';
import { folderName, type Layout, pluginFolders, readAllInPlace, readInPlace } from './layout.ts';
import { createParts } from './parts.ts';
import type { InstallAction, RemoveAction } from './plan.ts';
import { type HookEnvironment, runPostInstall } from './post-install.ts';
import { placeVersion, pruneVersions, switchTo } from './switch.ts';
import { unpack } from './unpack.ts';

/** What an action has done; `configured`: the version was there, only its configuration has changed. */
export type Outcome = 'installed' | 'configured' | 'removed' | 'already';

/** Carries out the actions of a plan, one at a time for each plugin. */
export type Installer = {
  /**
   * Deletes what a killed agent left half done. Call it before anything else, once. Never throws: what cannot be deleted
   * is logged, and must not keep the agent from its work.
   */
  recover(): Promise<void>;
  /**
   * Puts one version of a plugin in place, with its configuration. The old version and configuration are in place until
   * the new ones are, whatever happens: throws ArtefactError, an error of the disk, or `stop`'s reason, and then nothing
   * has changed.
   */
  install(action: InstallAction, stop: AbortSignal): Promise<Outcome>;
  /** Removes a plugin with all its versions. */
  remove(action: RemoveAction): Promise<Outcome>;
};

export function createInstaller(
  layout: Layout,
  fetch: typeof globalThis.fetch,
  environment: HookEnvironment,
  log: Log = () => undefined,
): Installer {
  const parts = createParts(layout, fetch);

  /** Runs `work` with a folder on the same file system as the plugins, so that a rename out of it is one step. */
  async function staged<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(layout.staging, { recursive: true });
    const folder = await mkdtemp(join(layout.staging, `${name}-`));
    try {
      return await work(folder);
    } finally {
      await clean(() => discard(folder));
    }
  }

  /** What is left behind says nothing of the work, and is tried again at the next start. */
  async function clean(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => log('plugins.not_cleaned', { reason: describeFailure(error) }));
  }

  /** Takes a plugin from its place as a whole: one that is deleted in part could be found and taken for complete. */
  async function takeAway(name: string): Promise<void> {
    await staged(name, async (work) => {
      await rename(layout.plugin(name), join(work, 'removed'));
      await syncPath(layout.plugins);
    });
  }

  /** Deletes what was made ready and never put in place: nobody is told of it, so nobody would ask for its removal. */
  async function discardUnused(): Promise<void> {
    for (const name of await pluginFolders(layout)) {
      const versions = await lstat(layout.versions(name)).catch(() => undefined);
      const current = await lstat(layout.current(name)).catch((error: unknown) => !isMissing(error));
      if (versions?.isDirectory() === true && current === false) await takeAway(name);
    }
  }

  async function build(action: InstallAction, work: string, stop: AbortSignal): Promise<void> {
    const folder = join(work, 'unpacked');
    const file = await parts.fetch(action, stop);
    await mkdir(folder);
    await unpack(file, folder, stop);
    await configure(folder, action);
    await runPostInstall({ plugin: action, folder, temporary: join(work, 'tmp'), environment }, stop);
    stop.throwIfAborted();
    await placeVersion(layout, action.name, action, folder);
  }

  /** Makes the version ready among the others, in its own folder, which is not in place yet. */
  async function prepare(action: InstallAction, work: string, stop: AbortSignal): Promise<void> {
    const folder = join(layout.versions(action.name), folderName(action));
    const there = await stat(folder).catch(() => undefined);
    if (there !== undefined) return configure(folder, action);
    try {
      await build(action, work, stop);
    } catch (error) {
      // The room is for what runs here: a part that fills the disk until the next attempt would take it away.
      if (isOutOfRoom(error)) await parts.forget(action.name);
      throw error;
    }
  }

  return {
    async recover() {
      await clean(() => discard(layout.staging));
      await clean(discardUnused);
      await clean(async () => parts.tidy(await readAllInPlace(layout)));
    },
    async install(action, stop) {
      const before = await readInPlace(layout, action.name);
      if (before?.version === action.version && before.sha256 === action.sha256) {
        if (before.config_digest === action.config_digest) return 'already';
        await configure(join(layout.versions(action.name), folderName(action)), action);
        return 'configured';
      }
      return await staged(action.name, async (work): Promise<Outcome> => {
        await prepare(action, work, stop);
        await switchTo(layout, action.name, action, work);
        // Until now: what is ready and has no place is deleted at the agent's next start, and needs no second download.
        await parts.forget(action.name);
        // The one before stays: a process that still runs from it may yet open files of it.
        await pruneVersions(layout, action.name, before === undefined ? [action] : [action, before], work);
        return 'installed';
      });
    },
    async remove(action) {
      await parts.forget(action.name);
      const there = await stat(layout.plugin(action.name)).catch(() => undefined);
      if (there === undefined) return 'already';
      await takeAway(action.name);
      return 'removed';
    },
  };
}
