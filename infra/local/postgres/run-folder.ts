import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { commandOf, startOf } from './process-identity.ts';

const OWNER_FILE = 'owner.json';
const claimIn = z
  .string()
  .transform((text, context) => {
    try {
      const value: unknown = JSON.parse(text);
      return value;
    } catch {
      context.addIssue('The claim is no JSON.');
      return z.NEVER;
    }
  })
  .pipe(z.object({ processId: z.int(), startedAt: z.string() }));
const END_MS = 5_000;

/** A run claims its folder at once: one that is this old and unclaimed was left between the two. */
const UNCLAIMED_MS = 3_600_000;

/** The folder that run folders of this user are made in: `<temporary folder>/muster-<uid>`. */
function runsFolder(): string {
  return join(tmpdir(), `muster-${process.getuid?.() ?? 'user'}`);
}

/** Makes an empty run folder below `runsFolder()` and claims it for this process. */
export async function createRunFolder(): Promise<string> {
  await mkdir(runsFolder(), { recursive: true, mode: 0o711 });
  const folder = await mkdtemp(join(runsFolder(), 'run-'));
  await claimRunFolder(folder);
  return folder;
}

/** Notes in `folder` that it belongs to this process: once the process is dead, `removeStaleRuns` may take it away. */
export async function claimRunFolder(folder: string): Promise<void> {
  const claim = { processId: process.pid, startedAt: (await startOf(process.pid)) ?? '' };
  const unfinished = join(folder, `${OWNER_FILE}.${process.pid}`);
  await writeFile(unfinished, JSON.stringify(claim), { mode: 0o600 });
  await rename(unfinished, join(folder, OWNER_FILE)); // another process that cleans up never reads half a claim
}

/**
 * Ends the PostgreSQL servers and removes the folders of runs whose process died without cleaning up.
 * Folders without a claim go once they are an hour old. Those of other users, of living processes, and with a claim
 * that cannot be read are left alone.
 *
 * @param parent the folder that holds the run folders; `runsFolder()` if not given
 * @returns the run folders that were removed, without symbolic links in their paths
 */
export async function removeStaleRuns(parent: string = runsFolder()): Promise<string[]> {
  const removed: string[] = [];
  // A postmaster's command line holds the real path: macOS's temporary folder is behind a link.
  const real = await realpath(parent).catch(() => parent);
  for (const name of await readdir(real).catch(() => [])) {
    const folder = join(real, name);
    if (!(await isStale(folder))) continue;
    await endPostmaster(join(folder, 'data'));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }); // others may be cleaning too
    removed.push(folder);
  }
  return removed;
}

async function isStale(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined); // others may be cleaning too
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return false;
  const claimed = await readFile(join(folder, OWNER_FILE), 'utf8').catch(() => undefined);
  if (claimed === undefined) return Date.now() - found.mtimeMs > UNCLAIMED_MS;
  const claim = claimIn.safeParse(claimed);
  return claim.success && (await startOf(claim.data.processId)) !== claim.data.startedAt;
}

/** Ends the postmaster of `data`, if one runs: the id in postmaster.pid may since have gone to a stranger. */
async function endPostmaster(data: string): Promise<void> {
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const processId = Number.parseInt(lines, 10);
  if (Number.isNaN(processId) || !(await commandOf(processId))?.includes(`postgres -D ${data} `)) return;
  const startedAt = await startOf(processId);
  if (startedAt === undefined) return;
  const deadline = performance.now() + END_MS;
  signal(processId, 'SIGQUIT');
  while ((await startOf(processId)) === startedAt) {
    if (performance.now() > deadline) signal(processId, 'SIGKILL');
    await wait(20);
  }
}

/** One that ended meanwhile, by itself or because another run cleans up too, is what was wanted. */
function signal(processId: number, name: NodeJS.Signals): void {
  try {
    process.kill(processId, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
