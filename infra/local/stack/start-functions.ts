import { readFile } from 'node:fs/promises';
import type { Gateway } from '../host/gateway.ts';
import type { Host } from '../host/start-host.ts';
import { startHost } from '../host/start-host.ts';
import type { Lifetime } from './lifetime.ts';

/** The functions under their host, reachable through the gateway. */
export async function startFunctions(
  { parts, broke, over }: Lifetime,
  runFolder: string,
  gateway: Gateway,
  environment: Readonly<Record<string, string>>,
): Promise<Host> {
  const host = await startHost({ folder: runFolder, environment, signal: over });
  let taken = false;
  parts.defer(() => {
    taken = true;
    return host.stop();
  });
  void host.ended.then(async (how) => {
    if (taken || over.aborted) return;
    const log = await readFile(host.logFile, 'utf8').catch(() => '');
    broke(`The functions' host ended on its own (${how}). The end of its log, ${host.logFile}:\n${log.slice(-2_000)}`);
  });
  gateway.forwardTo(host.apiPort);
  return host;
}
