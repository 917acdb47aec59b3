import { z } from 'zod';
import type { Instance } from '../fleet/instance.ts';
import { healthStatuses } from '../fleet/instance.ts';

/** Body of POST /_control/instances/{id}/health: what DescribeInstanceStatus is to show while the instance runs. */
export const healthChange = z.strictObject({
  system: z.enum(healthStatuses).optional(),
  instance: z.enum(healthStatuses).optional(),
});

export function changeHealth(instance: Instance, change: z.output<typeof healthChange>): void {
  instance.health = {
    system: change.system ?? instance.health.system,
    instance: change.instance ?? instance.health.instance,
  };
}
