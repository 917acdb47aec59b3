import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

const checkout = resolve(import.meta.dirname, '../..');
const runFile = promisify(execFile);

const noteOfRun = z.object({
  stack: z.object({
    api: z.url(),
    ec2: z.url(),
    lambda: z.url(),
    dataApi: z.url(),
    secrets: z.url(),
    artefacts: z.url(),
    s3: z.url(),
    postgres: z.string(),
    pids: z.object({ start: z.int(), postgres: z.int(), host: z.int() }),
  }),
});

export type RunningStack = z.infer<typeof noteOfRun>['stack'] & { readonly folder: string };

/** `npm start` as a process without a terminal. */
export class NpmStart {
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(env: Record<string, string> = {}) {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    this.#child = spawn('npm', ['start'], {
      cwd: checkout,
      env: { ...process.env, PORT: '0', ...env },
      stdio: [...stdio],
      detached: true,
    });
    this.ended = once(this.#child, 'exit').then(([code]) => (typeof code === 'number' ? code : null));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
  }

  /** The first line that matches. @throws after `withinMs`, or when it ends before, with what it wrote. */
  async line(pattern: RegExp, withinMs: number): Promise<string> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`No line like ${pattern}:\n${this.lines.join('\n')}`);
      }
      await delay(50);
    }
  }

  /** What it brought up. */
  async stack(): Promise<RunningStack> {
    const log = await this.line(/^Logs /, 200_000);
    const folder = dirname(log.replace(/^Logs +/, ''));
    const api = (await this.line(/^Registry /, 200_000)).split(/ +/)[1];
    const notes = join(checkout, '.muster');
    for (const name of await readdir(notes)) {
      if (!/^stack-\d+\.json$/.test(name)) continue;
      const { stack } = noteOfRun.parse(JSON.parse(await readFile(join(notes, name), 'utf8')));
      if (stack.api === api) return { ...stack, folder };
    }
    throw new Error(`No note of ${api} in ${notes}`);
  }

  /** To it and to npm, as a terminal sends Ctrl-C. */
  signal(signal: NodeJS.Signals): void {
    const runs = this.#child.exitCode === null && this.#child.signalCode === null;
    if (this.#child.pid !== undefined && runs) process.kill(-this.#child.pid, signal);
  }
}

/** `npm run <args>`; its output. */
export async function npmRun(...args: string[]): Promise<string> {
  const { stdout } = await runFile('npm', ['run', '--silent', ...args], { cwd: checkout });
  return stdout;
}

/** Ids of the processes whose command line names a folder, and of those among `processIds` that are alive. */
export async function processesOf(folder: string, processIds: readonly number[]): Promise<number[]> {
  const { stdout } = await runFile('ps', ['-A', '-ww', '-o', 'pid=,command=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder) || processIds.includes(Number.parseInt(line, 10)))
    .map((line) => Number.parseInt(line, 10));
}
