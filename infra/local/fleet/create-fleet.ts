import type { PublishedPlugin } from '../artefacts/start-artefacts.ts';
import type { Created, RegistryClient } from './registry-client.ts';

const names = ['ada', 'bohr', 'curie'] as const;
const nameWithS3 = 'darwin';

/**
 * Creates a small fleet, each workspace declared to have the plugin; one is to fetch it from S3, the others from the web.
 *
 * @returns the first of it
 * @throws when one is refused
 */
export async function createFleet(registry: RegistryClient, plugin: PublishedPlugin): Promise<Created> {
  const [first, ...others] = names;
  const created = await registry.create(first, [plugin.web]);
  for (const name of others) await registry.create(name, [plugin.web]);
  await registry.create(nameWithS3, [plugin.s3]);
  return created;
}
