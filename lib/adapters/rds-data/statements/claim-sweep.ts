import * as z from 'zod';
import { statement } from '../statement.ts';

/**
 * Takes the sweep's fence: one sweep at a time. Answers no row while another holds it; a crashed one loses it after
 * `holdSeconds`.
 */
export const claimSweep = statement({
  sql: `
UPDATE sweep_state SET fence = fence + 1, fence_until = clock_timestamp() + make_interval(secs => :hold_seconds::integer)
WHERE fence_until < clock_timestamp()
RETURNING fence, cursor`,
  bind: ({ holdSeconds }: { holdSeconds: number }) => ({ hold_seconds: holdSeconds }),
  row: z.object({ fence: z.int(), cursor: z.uuid().nullable() }),
});
