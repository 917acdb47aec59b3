import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../ports.ts';
import { databaseAccount, requireReachable } from './account.ts';
import { findBinaries } from './binaries.ts';
import { openCluster } from './cluster.ts';
import { claimRunFolder } from './run-folder.ts';
import { PortTakenError, type Server, startServer } from './server-process.ts';

/** A running PostgreSQL server. `processId` is the postmaster's; `folder` is the run folder that holds its data. */
export type Postgres = {
  host: '127.0.0.1';
  port: number;
  user: string;
  password: string;
  processId: number;
  folder: string;
  /** Resolves when the postmaster is gone, asked or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
};

const PORT_ATTEMPTS = 5;

/**
 * Starts PostgreSQL 17 on a loopback port. A folder that already holds a cluster is started again, with its data and
 * its password; in another one a cluster is made first. The database to enter is `postgres`.
 *
 * As root the programs run under uid and gid 65534. The server ends with `stop()`, and also when the calling process
 * dies in whatever way; the folder that is then left over is removed by `removeStaleRuns`.
 *
 * @param options.folder a run folder of the caller's; data, log and (if needed) a copy of the programs live in it.
 * As root it is opened for passage (mode 0711), and the folders above it must let others pass.
 * @param options.settings postgresql.conf settings that replace or add to those for throwaway data
 * @param options.port the port to listen on; without one a free port is chosen
 * @throws Error with the end of the server's log if it does not come up, or naming what stands in its way
 */
export async function startPostgres(options: {
  folder: string;
  settings?: Record<string, string>;
  port?: number;
}): Promise<Postgres> {
  await mkdir(options.folder, { recursive: true });
  const folder = await realpath(options.folder);
  const account = databaseAccount();
  if (account.uid !== undefined) await chmod(folder, (await stat(folder)).mode | 0o711);
  await requireReachable(account, folder);
  await claimRunFolder(folder);

  const binaries = await findBinaries(account, join(folder, 'postgresql'));
  const { data, user, password } = await openCluster(account, binaries.initdb, folder);
  const server = await onFreePort(options.port, (port) =>
    startServer({
      account,
      program: binaries.postgres,
      data,
      log: join(folder, 'postgres.log'),
      port,
      settings: options.settings ?? {},
    }),
  );
  return {
    host: '127.0.0.1',
    port: server.port,
    user,
    password,
    processId: server.processId,
    folder,
    ended: server.ended,
    stop: server.stop,
  };
}

async function onFreePort(wanted: number | undefined, start: (port: number) => Promise<Server>): Promise<Server> {
  if (wanted !== undefined) return await start(wanted);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [port = 0] = await freePorts(1);
      return await start(port);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}
