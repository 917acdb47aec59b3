import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Takes one of the fleet's launches (a generic cell rate): answers a row when one is free. EC2 gives every account a
 * bucket of 5 RunInstances calls, refilled by 2 a second, so more would be refused there.
 */
export const takeLaunchSlot = statement({
  sql: `
UPDATE launch_rate SET
  free_at = greatest(free_at, clock_timestamp()) + make_interval(secs => :interval_seconds::double precision)
WHERE free_at <= clock_timestamp()
  + make_interval(secs => (:burst::integer - 1) * :interval_seconds::double precision)
RETURNING true AS granted`,
  bind: ({ perSecond, burst }: { perSecond: number; burst: number }) => ({ interval_seconds: 1 / perSecond, burst }),
  row: z.object({ granted: z.literal(true) }),
});
