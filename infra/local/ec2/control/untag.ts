import { z } from 'zod';
import type { Fleet } from '../fleet/fleet.ts';
import type { Instance } from '../fleet/instance.ts';
import { existingOf } from './existing.ts';

/** Body of POST /_control/instances/{id}/untag. */
export const untagging = z.strictObject({ keys: z.array(z.string()).min(1) });

/** Body of POST /_control/untag: of which instances, all when absent. */
export const bulkUntagging = untagging.extend({ instanceIds: z.array(z.string()).optional() });

/** Takes tags away, as a tag policy or a person does; a key that is not there is no mistake. */
export function untag(instance: Instance, keys: readonly string[]): void {
  for (const key of keys) instance.tags.delete(key);
}

/** @throws {ControlError} 404 for the first that does not exist; all keep their tags then. */
export function untagAll({ keys, instanceIds }: z.output<typeof bulkUntagging>, fleet: Fleet): void {
  for (const instance of existingOf(instanceIds, fleet)) untag(instance, keys);
}
