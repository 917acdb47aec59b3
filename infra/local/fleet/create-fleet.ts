import type { DeclaredPlugin } from '../artefacts/start-artefacts.ts';
import type { Created, RegistryClient } from './registry-client.ts';

const names = ['ada', 'bohr', 'curie', 'darwin'] as const;

/**
 * Creates a small fleet, each workspace declared to have `plugin`.
 *
 * @returns the first of it
 * @throws when one is refused
 */
export async function createFleet(registry: RegistryClient, plugin: DeclaredPlugin): Promise<Created> {
  const [first, ...others] = names;
  const created = await registry.create(first, [plugin]);
  for (const name of others) await registry.create(name, [plugin]);
  return created;
}
