import { v7 as uuidv7 } from 'uuid';
import { type Ending, runAgent } from './agent.ts';
import { type Backoff, delayBeforeRetry } from './backoff.ts';
import { describeCallFailure } from './call-failure.ts';
import { systemClock } from './clock.ts';
import { createCredentials } from './credentials.ts';
import { createDoorbell } from './doorbell.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { type InstanceMetadata, readInstanceMetadata } from './imds.ts';
import { createLog } from './log.ts';
import { createApplier } from './plugins/apply.ts';
import { createInstaller } from './plugins/install.ts';
import { createLayout, readAllInPlace } from './plugins/layout.ts';
import { createRegistryClient } from './registry-client.ts';
import { steerBeats } from './steered-client.ts';
import { stopSignal } from './stop-signal.ts';
import { createTokenStore } from './token-store.ts';
import { readBootstrap } from './user-data.ts';
import { AGENT_VERSION } from './version.ts';

/** The metadata service answers late while an instance boots, and then quickly. */
const METADATA_BACKOFF: Backoff = { baseMs: 200, capMs: 10_000 };
/** Time for a running action to notice that the agent ends, well inside the second that a SIGTERM leaves. */
const LAST_WAIT_MS = 500;

const log = createLog(
  (line) => process.stdout.write(line),
  () => new Date(),
);

async function readMetadata(environment: Environment, stop: AbortSignal): Promise<InstanceMetadata | undefined> {
  for (let attempt = 0; !stop.aborted; attempt += 1) {
    try {
      return await readInstanceMetadata(environment.metadataEndpoint, fetch, stop);
    } catch (error) {
      const delayMs = delayBeforeRetry(attempt, METADATA_BACKOFF, Math.random);
      log('metadata.failed', { reason: describeCallFailure(error), retry_in_ms: delayMs });
      await systemClock.sleep(delayMs, stop);
    }
  }
  return undefined;
}

async function main(): Promise<Ending> {
  const environment = readEnvironment(process.env);
  const stop = stopSignal(environment.exitWithParent);
  const metadata = await readMetadata(environment, stop);
  if (metadata === undefined) return 'stopped';
  const bootstrap = readBootstrap(metadata.userData);
  const bootId = uuidv7();
  log('started', {
    version: AGENT_VERSION,
    workspace_id: bootstrap.workspaceId,
    generation: bootstrap.generation,
    instance_id: metadata.instanceId,
    boot_id: bootId,
  });

  const layout = createLayout(environment.home);
  const installer = createInstaller(layout, fetch, environment.hook, log);
  await installer.recover();
  const tokenStore = createTokenStore(environment.home);
  const kept = await tokenStore.read(bootstrap);
  const clock = systemClock;
  const doorbell = createDoorbell(clock);
  const applier = createApplier({
    installer,
    readInPlace: () => readAllInPlace(layout),
    onSettled: doorbell.ring,
    clock,
    random: Math.random,
    log,
  });
  const ending = await runAgent(
    {
      bootstrap,
      bootId,
      credentials: createCredentials(bootstrap.bootstrapToken, kept?.authToken),
      tokenStore,
      client: steerBeats({
        client: createRegistryClient(bootstrap.registryUrl, fetch),
        keptUrl: kept?.heartbeatUrl,
        clock,
        random: Math.random,
        log,
      }),
      applier,
      doorbell,
      clock,
      random: Math.random,
      log,
    },
    stop,
  );
  await Promise.race([applier.stop(), clock.sleep(LAST_WAIT_MS, new AbortController().signal)]);
  return ending;
}

main().then(
  (ending) => {
    log('ended', { because: ending });
    // Connections that are kept alive would hold the process.
    process.exit(0);
  },
  (error: unknown) => {
    log('ended', { because: 'error', reason: error instanceof Error ? error.message : 'unknown' });
    process.exit(1);
  },
);
