import { z } from 'zod';
import type { Fleet } from '../fleet/fleet.ts';
import { hide, show } from '../fleet/sight.ts';
import { existingOf } from './existing.ts';

/** Body of POST /_control/instances/{id}/hide: for how many milliseconds; until it is shown when absent. */
export const hiding = z.strictObject({ ms: z.number().nonnegative().optional() });

/** Body of POST /_control/hidden. */
export const bulkHiding = hiding.extend({ instanceIds: z.array(z.string()) });

/** Body of DELETE /_control/hidden: which to show again, all when absent. */
export const bulkShowing = z.strictObject({ instanceIds: z.array(z.string()).optional() });

/** @throws {ControlError} 404 for the first that does not exist; nothing is hidden then. */
export function hideAll({ instanceIds, ms }: z.output<typeof bulkHiding>, fleet: Fleet): void {
  for (const instance of existingOf(instanceIds, fleet)) hide(instance, ms);
}

/** @throws {ControlError} 404 for the first that does not exist; nothing is shown then. */
export function showAll({ instanceIds }: z.output<typeof bulkShowing>, fleet: Fleet): void {
  for (const instance of existingOf(instanceIds, fleet)) show(instance);
}
