import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtefactError } from './failure.ts';
import { CONFIG_FILE } from './layout.ts';
import { type PostInstall, readPostInstall } from './manifest.ts';
import { createTail } from './tail.ts';

/** Bytes of what it prints that are kept, and characters of these that are told: the last ones say what went wrong. */
const KEPT_OUTPUT = 2_048;
const TOLD_OUTPUT = 200;

/**
 * The shell takes no part in the command: it becomes it (`exec`). Before that it leaves a process in the group that
 * waits on a pipe which only the agent holds: should the agent die, even by SIGKILL, the group ends with it, and
 * nothing of it is still at work when the restarted agent begins anew. That process is nobody's child, so that a
 * command which waits for all of its children does not wait for it.
 */
const ENDS_WITH_AGENT = '( (read -r _ <&3; kill -KILL 0) >/dev/null 2>&1 & ); exec 3<&-; exec "$@"';

/** What is told of the agent's own environment, e.g. PATH; nothing else of it is passed on. */
export type HookEnvironment = Readonly<Record<'PATH' | 'HOME' | 'LANG', string>>;

export type Hook = {
  readonly plugin: { readonly name: string; readonly version: string };
  /** The unpacked artefact, configured: what the command sees as its working folder. */
  readonly folder: string;
  /** Not there yet; deleted by the caller, with what the command leaves in it. */
  readonly temporary: string;
  readonly environment: HookEnvironment;
};

/**
 * Runs what an artefact asks for as its `post_install`, if it does, in a process group of its own. When this returns or
 * throws the group has been ended, also what the command has left running in it.
 * Throws {@link ArtefactError} unless the command ends with 0 in its time, and `stop`'s reason when that is aborted.
 */
export async function runPostInstall(hook: Hook, stop: AbortSignal): Promise<void> {
  const wanted = await readPostInstall(hook.folder);
  if (wanted === undefined) return;
  await mkdir(hook.temporary);
  const child = spawn('/bin/sh', ['-c', ENDS_WITH_AGENT, 'post_install', ...wanted.command], {
    cwd: hook.folder,
    env: await environmentOf(hook),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const output = tailOf(child);
  try {
    const ending = await endOf(child, wanted, stop);
    if (ending !== undefined) throw new ArtefactError([`post_install ${ending}`, output()].filter(Boolean).join(': '));
  } finally {
    // A process that has left the group may hold them open for ever.
    for (const stream of child.stdio) stream?.destroy();
  }
}

async function environmentOf({ plugin, folder, temporary, environment }: Hook): Promise<NodeJS.ProcessEnv> {
  const config = join(folder, CONFIG_FILE);
  const configured = await stat(config).catch(() => undefined);
  return {
    ...environment,
    TMPDIR: temporary,
    MUSTER_PLUGIN_NAME: plugin.name,
    MUSTER_PLUGIN_VERSION: plugin.version,
    ...(configured === undefined ? {} : { MUSTER_PLUGIN_CONFIG: config }),
  };
}

/** Resolves when the command and its group have ended: undefined for a good end, otherwise how it ended. */
async function endOf(child: ChildProcess, wanted: PostInstall, stop: AbortSignal): Promise<string | undefined> {
  let early: unknown;
  const endEarly = (because: unknown): void => {
    early ??= because;
    endGroup(child);
  };
  const seconds = wanted.timeout_seconds;
  const late = new ArtefactError(`post_install took longer than ${seconds} s`);
  const timer = setTimeout(() => endEarly(late), seconds * 1000);
  const onStop = (): void => endEarly(stop.reason);
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    const ending = await new Promise<string | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        resolve(code === 0 ? undefined : signal === null ? `ended with ${code}` : `was ended by ${signal}`),
      );
    });
    if (early !== undefined) throw early;
    return ending;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
    endGroup(child);
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

/** Collects the end of what a process prints, as one line without control characters. */
function tailOf(child: ChildProcess): () => string {
  const tail = createTail(KEPT_OUTPUT);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', tail.add);
  // Broken off by the end of the process, which is told as such.
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  return () => {
    const line = tail
      .text()
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim();
    return line.slice(-TOLD_OUTPUT).toWellFormed();
  };
}
