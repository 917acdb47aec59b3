import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { commandOf, startOf } from './process-identity.ts';

const OWNER_FILE = 'owner.json';
const owner = z.object({ processId: z.int(), startedAt: z.string() });
const END_MS = 5_000;

/** The folder that run folders of this user are made in: `<temporary folder>/muster-<uid>`. */
export function runsFolder(): string {
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
 * Folders of other users, of living processes, and without a claim are left alone.
 *
 * @param parent the folder that holds the run folders; `runsFolder()` if not given
 * @returns the run folders that were removed
 */
export async function removeStaleRuns(parent: string = runsFolder()): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(parent).catch(() => [])) {
    const folder = join(parent, name);
    if (!(await isStale(folder))) continue;
    await endPostmaster(join(folder, 'data'));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }); // others may be cleaning too
    removed.push(folder);
  }
  return removed;
}

async function isStale(folder: string): Promise<boolean> {
  const claimed = await readFile(join(folder, OWNER_FILE), 'utf8').catch(() => undefined);
  if (claimed === undefined || (await stat(folder)).uid !== process.getuid?.()) return false;
  const { processId, startedAt } = owner.parse(JSON.parse(claimed));
  return (await startOf(processId)) !== startedAt;
}

/** Ends the postmaster of `data`, if one runs: the id in postmaster.pid may since have gone to a stranger. */
async function endPostmaster(data: string): Promise<void> {
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const processId = Number.parseInt(lines, 10);
  if (Number.isNaN(processId) || !(await commandOf(processId))?.includes(`postgres -D ${data} `)) return;
  const startedAt = await startOf(processId);
  const deadline = performance.now() + END_MS;
  process.kill(processId, 'SIGQUIT');
  while ((await startOf(processId)) === startedAt) {
    if (performance.now() > deadline) process.kill(processId, 'SIGKILL');
    await wait(20);
  }
}
