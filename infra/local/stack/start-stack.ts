import { rm } from 'node:fs/promises';
import type { Artefacts, DeclaredPlugin } from '../artefacts/start-artefacts.ts';
import { startArtefacts } from '../artefacts/start-artefacts.ts';
import { openGateway } from '../host/gateway.ts';
import type { Invokes } from '../host/invokes.ts';
import { openInvokes } from '../host/invokes.ts';
import type { Host } from '../host/start-host.ts';
import { createRunFolder, removeStaleRuns } from '../postgres/run-folder.ts';
import { DownloadFaults } from '../s3/downloads/faults.ts';
import { startS3 } from '../s3/server.ts';
import { archiveBucket, credentials, functionEnvironment, region } from './function-environment.ts';
import type { Lifetime } from './lifetime.ts';
import type { PublishedStack } from './published-stack.ts';
import { publishStack, withdrawStack } from './published-stack.ts';
import { migrateDatabase, startDatabase } from './start-database.ts';
import type { Functions } from './start-functions.ts';
import { startFunctions } from './start-functions.ts';
import { startHeartbeatUrl } from './start-heartbeat-url.ts';
import type { Delivery } from './start-instances.ts';
import { startInstances } from './start-instances.ts';

export type Stack = PublishedStack & {
  /** Logs, bundles, the database's files and the instances' disks; goes with the stack. */
  readonly folder: string;
  /** Where the functions' host writes. */
  readonly log: string;
  /** True when the wished port was taken. */
  readonly moved: boolean;
  readonly seoAll: DeclaredPlugin;
  readonly seoAllInS3: DeclaredPlugin;
  readonly functions: Functions;
  readonly invokes: Pick<Invokes, 'refuse' | 'refused'>;
  readonly publish: Artefacts['publish'];
  /** What downloads of artefacts meet, from the web server and from S3. */
  readonly downloads: DownloadFaults;
};

export type StackOptions = {
  /** Instead of what the functions are given here. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly delivery?: Delivery;
  /** Runtimes beat at a Function URL, not through the gateway. */
  readonly heartbeatUrl?: boolean;
};

/**
 * Brings up everything that the registry needs, each part on 127.0.0.1 and on a port of its own, and publishes it in
 * .muster/local.json. Parts that are up are in `lifetime.parts`, also when a later one fails.
 *
 * @param port wished for the API; when taken, another is chosen
 * @param step called before each part with what comes up
 */
export async function startStack(
  lifetime: Lifetime,
  port: number,
  step: (name: string) => void,
  options: StackOptions = {},
): Promise<Stack> {
  const { parts, over } = lifetime;
  const begin = (name: string) => {
    over.throwIfAborted();
    step(name);
  };
  // Of runs that were killed outright; what cannot be removed must not keep a new one from starting.
  await removeStaleRuns().catch((error: unknown) => console.error(`Leftovers of an earlier run stay: ${error}`));
  const folder = await createRunFolder();
  parts.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const gateway = await openGateway(port);
  parts.defer(() => gateway.close());

  begin('PostgreSQL and the Data API');
  const database = await startDatabase(lifetime, folder);
  begin('EC2');
  const downloads = new DownloadFaults();
  const s3 = await startS3({ account: { region, ...credentials }, buckets: [archiveBucket], faults: downloads });
  parts.defer(() => s3.stop());
  const artefacts = await startArtefacts(folder, s3, downloads);
  parts.defer(() => artefacts.stop());
  const seoAll = await artefacts.publish('1.0.0');
  const instances = await startInstances(lifetime, folder, options.delivery);
  begin('migrations');
  await migrateDatabase(database);
  begin('functions');
  const invokes = await openInvokes();
  parts.defer(() => invokes.close());
  const heartbeats = options.heartbeatUrl === true ? await startHeartbeatUrl(lifetime, invokes.url) : {};
  const environment = {
    ...(await functionEnvironment({
      api: gateway.url,
      dataApi: database.dataApi,
      ec2: instances.url,
      lambda: invokes.url,
      s3: s3.url,
      subnetIds: instances.subnetIds,
      secrets: database.secrets,
    })),
    ...heartbeats,
    ...options.environment,
  };
  const describe = (host: Host): PublishedStack => ({
    api: gateway.url,
    dataApi: database.dataApi,
    ec2: instances.url,
    lambda: invokes.url,
    s3: s3.url,
    secrets: database.secrets,
    postgres: database.url,
    artefacts: artefacts.url,
    pids: { start: process.pid, postgres: database.processId, host: host.processId },
    environment,
  });
  const functions = await startFunctions(lifetime, folder, gateway, environment, async (host) => {
    invokes.forwardTo(host.lambdaUrl);
    instances.announceTo(host.lambdaUrl);
    over.throwIfAborted();
    await publishStack(describe(host));
  });
  parts.defer(() => withdrawStack(process.pid));

  const host = functions.host();
  const logs = { folder, log: host.logFile, moved: gateway.moved };
  const plugins = { seoAll: seoAll.web, seoAllInS3: seoAll.s3, publish: artefacts.publish };
  return { ...describe(host), ...logs, ...plugins, functions, invokes, downloads };
}
