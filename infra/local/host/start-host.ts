import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../ports.ts';
import { spawnServerless } from './serverless-process.ts';

export type Host = {
  /** serverless-offline's own API; the gateway stands before it. */
  readonly apiPort: number;
  /** Takes the SDK's Lambda Invoke. */
  readonly lambdaUrl: string;
  readonly processId: number;
  readonly logFile: string;
  /** Resolves when its process has ended, asked or not, with how. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

export type HostOptions = {
  /** Of this run alone; takes the bundles and the log. */
  readonly folder: string;
  /** What the functions read. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gives up a start that is under way. */
  readonly signal: AbortSignal;
};

const startWithinMs = 180_000;
const stopWithinMs = 2_000;

/**
 * Runs all functions under serverless-offline, with API Gateway's routes, the schedules and Lambda's Invoke, on free
 * ports of 127.0.0.1.
 *
 * @throws when it ends or is not ready within three minutes; the message holds the end of its log.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // One of the free ports was taken before serverless-offline came to it.
      if (attempt === 3 || !(error instanceof Error) || !error.message.includes('EADDRINUSE')) throw error;
    }
  }
}

async function startOnce({ folder, environment, signal }: HostOptions): Promise<Host> {
  const [apiPort, lambdaPort, albPort, websocketPort] = await freePorts(4);
  if (apiPort === undefined) throw new Error('No free port');
  const lambdaUrl = `http://127.0.0.1:${lambdaPort}`;
  const logFile = join(folder, 'host.log');
  const log = await open(logFile, 'w');
  const child = spawnServerless({
    args: [
      ...['offline', 'start', '--httpPort', `${apiPort}`, '--lambdaPort', `${lambdaPort}`],
      ...['--albPort', `${albPort}`, '--websocketPort', `${websocketPort}`],
    ],
    nodeArgs: ['--enable-source-maps', '--import', join(import.meta.dirname, 'preload.ts')],
    environment,
    buildFolder: join(folder, 'build'),
    stdin: 'pipe',
    output: log.fd,
    detached: true,
  });
  await log.close();
  const ended = endOf(child);
  const stop = () => end(child, ended);
  const settled = new AbortController();
  signal.addEventListener('abort', () => void stop(), { signal: settled.signal });
  if (signal.aborted) void stop(); // before there was a listener
  try {
    await ready(logFile, ended);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    settled.abort();
  }
  return { apiPort, lambdaUrl, processId: child.pid ?? 0, logFile, ended, stop };
}

async function endOf(child: ChildProcess): Promise<string> {
  return await new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
  });
}

async function ready(logFile: string, ended: Promise<string>): Promise<void> {
  let how: string | undefined;
  void ended.then((end) => {
    how = end;
  });
  const deadline = Date.now() + startWithinMs;
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    if (log.includes('Server ready:')) return;
    // After an error while it opens its servers serverless-offline stays alive, with half of them.
    if (/^Error:$/m.test(log)) how ??= 'an error';
    if (how === undefined && Date.now() > deadline) how = 'no answer in time';
    if (how !== undefined) throw new Error(`The functions' host did not start (${how}):\n${log.slice(-3_000)}`);
    await delay(50);
  }
}

/** Its bundler is a child of it, hence the group. Waiting longer would wait for idle connections of its callers. */
async function end(child: ChildProcess, ended: Promise<string>): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(timer);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It went by itself meanwhile.
  }
}
