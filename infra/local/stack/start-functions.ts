import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gateway } from '../host/gateway.ts';
import type { Host } from '../host/start-host.ts';
import { startHost } from '../host/start-host.ts';
import type { Lifetime } from './lifetime.ts';

export type Functions = {
  /** The host that runs them now. */
  readonly host: () => Host;
  /** Kills their host with whatever they are in the middle of, and starts another on other ports. */
  readonly crash: () => Promise<void>;
};

/**
 * The functions under their host, reachable through the gateway.
 *
 * @param reachable told of every host that is up
 */
export async function startFunctions(
  { parts, broke, over }: Lifetime,
  runFolder: string,
  gateway: Gateway,
  environment: Readonly<Record<string, string>>,
  reachable: (host: Host) => Promise<void>,
): Promise<Functions> {
  let hosts = 0;
  let taken = false;
  let crashed: Host | undefined;

  const start = async (): Promise<Host> => {
    hosts += 1;
    // Each with a log and bundles of its own: what an earlier one wrote would be taken for its own.
    const folder = hosts === 1 ? runFolder : join(runFolder, `host-${hosts}`);
    await mkdir(folder, { recursive: true });
    const started = await startHost({ folder, environment, signal: over });
    void started.ended.then(async (how) => {
      if (taken || over.aborted || started === crashed) return;
      const { logFile } = started;
      const log = await readFile(logFile, 'utf8').catch(() => '');
      broke(`The functions' host ended on its own (${how}). The end of its log, ${logFile}:\n${log.slice(-2_000)}`);
    });
    gateway.forwardTo(started.apiPort);
    await reachable(started);
    return started;
  };

  let host = await start();
  parts.defer(() => {
    taken = true;
    return host.stop();
  });
  return {
    host: () => host,
    crash: async () => {
      crashed = host;
      // Its bundler is a child of it, hence the group.
      process.kill(-host.processId, 'SIGKILL');
      await host.ended;
      host = await start();
    },
  };
}
