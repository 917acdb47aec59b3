import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Interrupted } from './failures.ts';

export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Kept for the caller, instead of shown. */
  readonly quiet?: boolean;
};

/** Runs programs one at a time, each to its end. */
export type Processes = {
  /** @returns what it wrote to stdout, where `quiet`. @throws Error unless it ends with 0, Interrupted when it was ended */
  run(command: Command): Promise<string>;
};

const KILL_AFTER_MS = 5_000;

/**
 * @param over aborted when the whole has to end: what runs then is ended, with all that it has started
 */
export function createProcesses(over: AbortSignal): Processes {
  return {
    async run({ program, args, cwd, env = {}, quiet = false }) {
      if (over.aborted) throw new Interrupted('interrupted');
      const stdio = ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'] as const;
      // A group of its own: npm and its shell do not hand a signal on.
      const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: [...stdio], detached: true });
      const written: string[] = [];
      const complaints: string[] = [];
      child.stdout?.setEncoding('utf8').on('data', (text: string) => written.push(text));
      child.stderr?.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
      let late: NodeJS.Timeout | undefined;
      const end = () => {
        signal(child.pid, 'SIGTERM');
        late = setTimeout(() => signal(child.pid, 'SIGKILL'), KILL_AFTER_MS);
      };
      over.addEventListener('abort', end, { once: true });
      try {
        await once(child, 'close');
        if (over.aborted) throw new Interrupted('interrupted');
        const { exitCode, signalCode } = child;
        if (exitCode !== 0) throw new Error(failure(program, args, exitCode ?? signalCode, complaints.join('')));
        return written.join('');
      } finally {
        over.removeEventListener('abort', end);
        clearTimeout(late);
      }
    },
  };
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

function failure(program: string, args: readonly string[], code: number | string | null, complaint: string): string {
  const last = complaint.trim().split('\n').slice(-5).join('\n');
  return `${program} ${args.slice(0, 3).join(' ')} ended with ${code}${last === '' ? '' : `: ${last}`}`;
}
