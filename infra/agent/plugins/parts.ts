import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { download } from './download.ts';
import { ArtefactError } from './failure.ts';
import type { Artefact, Layout } from './layout.ts';
import type { InstallAction } from './plan.ts';
import { sha256Of } from './verify.ts';

/** What has not grown for as long is no longer wanted; if it is, it costs one download from the start. */
const KEPT_FOR_MS = 24 * 3_600_000;

/**
 * Downloads, and the parts of those that broke off: they outlive the attempt and the agent, so that the next attempt
 * goes on where this one ended. A part is of one plugin, of which only one action runs at a time: nobody else writes it.
 */
export type Parts = {
  /**
   * Downloads what is missing of an artefact. Returns the file, whose SHA-256 is the one declared, also where it was
   * all there. Throws ArtefactError, an error of the disk, or `stop`'s reason.
   */
  fetch(action: InstallAction, stop: AbortSignal): Promise<string>;
  /** Deletes all that there is of a plugin. */
  forget(name: string): Promise<void>;
  /** Deletes what nobody has gone on with for a day, and what is in place: the agent was killed after its switch. */
  tidy(inPlace: ReadonlyMap<string, Artefact>): Promise<void>;
};

export function createParts({ downloads }: Pick<Layout, 'downloads'>, fetch: typeof globalThis.fetch): Parts {
  const all = (): Promise<string[]> => readdir(downloads).catch(() => []);
  const partOf = (name: string, { sha256 }: Pick<Artefact, 'sha256'>): string => `${name}@${sha256}.part`;

  async function complete(file: string, action: InstallAction, stop: AbortSignal): Promise<void> {
    const there = await sha256Of(file).catch(() => undefined);
    if (there === action.sha256) return;
    const encoding = await download(action.url, file, fetch, stop);
    const found = await sha256Of(file);
    if (found === action.sha256) return;
    await rm(file);
    const undone = encoding === undefined ? '' : ` after its Content-Encoding ${encoding} is undone`;
    throw new ArtefactError(`wrong sha256: ${action.sha256} was declared, the download has ${found}${undone}`);
  }

  return {
    async fetch(action, stop) {
      await mkdir(downloads, { recursive: true });
      const file = join(downloads, partOf(action.name, action));
      await complete(file, action, stop);
      return file;
    },
    async forget(name) {
      for (const part of await all()) if (part.startsWith(`${name}@`)) await rm(join(downloads, part), { force: true });
    },
    async tidy(inPlace) {
      const needless = new Set([...inPlace].map(([name, artefact]) => partOf(name, artefact)));
      for (const part of await all()) {
        const path = join(downloads, part);
        const there = await stat(path).catch(() => undefined);
        const isOld = there !== undefined && Date.now() - there.mtimeMs > KEPT_FOR_MS;
        if (isOld || needless.has(part)) await rm(path, { force: true });
      }
    },
  };
}
