import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from './account.ts';

/** A running postmaster. `ended` and `stop` resolve once the process is gone, asked or not. */
export type Server = { processId: number; port: number; ended: Promise<void>; stop(): Promise<void> };

/** The port was taken by another process between its choice and the server's start. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}

/** What makes a throwaway server fast and self-contained. A crash of the machine may cost its data, which is fine. */
const THROWAWAY: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

const START_DEADLINE_MS = 30_000;
const POLL_MS = 20;
const FAST_SHUTDOWN_MS = 3_000;
const IMMEDIATE_SHUTDOWN_MS = 2_000;

/**
 * Starts a postmaster and waits until it accepts connections.
 *
 * @throws PortTakenError if `port` is in use
 * @throws Error with the end of the log if the server exits, or is not ready after 30 s
 */
export async function startServer(options: {
  account: Account;
  program: string;
  data: string;
  log: string;
  port: number;
  settings: Readonly<Record<string, string>>;
}): Promise<Server> {
  const settings = { ...THROWAWAY, ...options.settings, port: String(options.port) };
  const log = await open(options.log, 'w', 0o600);
  const child = spawn(
    options.program,
    ['-D', options.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // A group of its own: Ctrl-C reaches the caller alone, which then stops its parts in its own order.
    {
      ...options.account,
      cwd: options.data,
      detached: true,
      env: { ...env, LC_ALL: 'C' },
      stdio: ['ignore', log.fd, log.fd],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const processId = await idOf(child);
  await log.close();
  const watchdog = endWithCaller(options.account, processId);
  void ended.then(() => watchdog.kill());
  child.unref();

  const stop = () => stopServer(child, ended);
  try {
    await untilReady(child, options.data, processId);
  } catch (cause) {
    await stop();
    const said = await readFile(options.log, 'utf8');
    if (said.includes('Address already in use')) throw new PortTakenError(`Port ${options.port} is taken.`, { cause });
    throw new Error(`PostgreSQL did not start:\n${said.slice(-2_000)}`, { cause });
  }
  return { processId, port: options.port, ended, stop };
}

async function idOf(child: ChildProcess): Promise<number> {
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('The system gave no process id.');
  return child.pid;
}

/**
 * A shell that waits on a pipe which only the caller holds: should the caller die, even by SIGKILL, the pipe closes
 * and the server is ended.
 */
function endWithCaller(account: Account, processId: number): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -QUIT "$0"', String(processId)], {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  watchdog.stdin.on('error', () => undefined); // the pipe of a watchdog that was ended
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  return watchdog;
}

/** PostgreSQL writes its state into line 8 of postmaster.pid (LOCK_FILE_LINE_PM_STATUS in miscadmin.h), as pg_ctl reads it. */
async function untilReady(child: ChildProcess, data: string, processId: number): Promise<void> {
  for (const deadline = performance.now() + START_DEADLINE_MS; performance.now() < deadline; await wait(POLL_MS)) {
    if (hasEnded(child)) throw new Error('The server process ended.');
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (lines[0] === String(processId) && lines[7]?.startsWith('ready')) return;
  }
  throw new Error(`Not ready after ${START_DEADLINE_MS} ms.`);
}

/** Asks for a fast shutdown, then an immediate one, then ends the process by force: at most some 5 s. */
async function stopServer(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  child.kill('SIGINT');
  const immediate = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MS);
  const forced = setTimeout(() => child.kill('SIGKILL'), FAST_SHUTDOWN_MS + IMMEDIATE_SHUTDOWN_MS);
  await ended;
  clearTimeout(immediate);
  clearTimeout(forced);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
