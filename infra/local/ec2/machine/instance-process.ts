import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** What an instance's process is started as; `env` goes before this program's PATH, which is all that it inherits. */
export type ProcessBoot = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** A process that runs or has run. */
export type InstanceProcess = {
  readonly pid: number;
  isRunning(): boolean;
  /** SIGTERM, SIGKILL after `graceMs`; resolves when it is gone */
  end(graceMs: number): Promise<void>;
  /** SIGKILL, as if it had crashed */
  kill(): void;
};

/**
 * Starts the process of an instance on its disk; what it prints is appended to console.log there. Its stdin stays open
 * for as long as this program lives, so that it notices the end of it even after a SIGKILL. It leads a process group
 * of its own: an instance is switched off whole, and a Ctrl-C meant for the stack does not reach it.
 * @throws {Error} of node:child_process when the command cannot be started.
 */
export async function startInstanceProcess(
  boot: ProcessBoot,
  disk: string,
  metadataEndpoint: string,
): Promise<InstanceProcess> {
  const consoleLog = await open(join(disk, 'console.log'), 'a');
  try {
    const child = spawn(boot.command, boot.args, {
      cwd: disk,
      detached: true,
      stdio: ['pipe', consoleLog.fd, consoleLog.fd],
      env: {
        PATH: process.env['PATH'],
        ...boot.env,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint,
        MUSTER_HOME: disk,
        MUSTER_EXIT_WITH_PARENT: '1',
      },
    });
    await once(child, 'spawn');
    return track(child, child.pid ?? 0);
  } catch (cause) {
    await consoleLog.write(`${String(cause)}\n`);
    throw cause;
  } finally {
    await consoleLog.close();
  }
}

function track(child: ChildProcess, pid: number): InstanceProcess {
  let running = true;
  // What the process started itself must not outlive the instance.
  const exited = once(child, 'exit').then(() => {
    running = false;
    signalGroup(pid, 'SIGKILL');
  });
  child.stdin?.on('error', () => {}); // the pipe breaks when the process ends, which `exited` tells already
  return {
    pid,
    isRunning: () => running,
    async end(graceMs) {
      if (running) signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => running && signalGroup(pid, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
    kill() {
      if (running) signalGroup(pid, 'SIGKILL');
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const alreadyGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!alreadyGone) throw error;
  }
}
