import { randomUUID } from 'node:crypto';
import { runAgent } from '../../../infra/agent/agent.ts';
import { createCredentials } from '../../../infra/agent/credentials.ts';
import { createRegistryClient } from '../../../infra/agent/registry-client.ts';
import { createTokenStore } from '../../../infra/agent/token-store.ts';
import type { Bootstrap } from '../../../infra/agent/user-data.ts';
import { equip } from './equipment.ts';

/** The agent without an instance: it registers, and beats from then on. Runs until `stop` is aborted. */
export async function runRegistering(bootstrap: Bootstrap, home: string, stop: AbortSignal): Promise<void> {
  const equipment = await equip(home);
  const { bootstrapToken, registryUrl } = bootstrap;
  await runAgent(
    {
      ...equipment,
      bootstrap,
      bootId: randomUUID(),
      credentials: createCredentials(bootstrapToken, undefined),
      tokenStore: createTokenStore(home),
      client: createRegistryClient(registryUrl, fetch),
      random: Math.random,
    },
    stop,
  );
  await equipment.applier.stop();
}
