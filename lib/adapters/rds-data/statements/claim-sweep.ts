import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Takes the sweep's fence: one sweep at a time. Answers no row while another holds it; a crashed one loses it after
 * `holdSeconds`. Sent twice by the same owner, it answers the same fence.
 */
export const claimSweep = statement({
  sql: `
UPDATE sweep_state SET
  fence = CASE WHEN fence_owner = :owner::uuid THEN fence ELSE fence + 1 END,
  fence_owner = :owner::uuid,
  fence_until = clock_timestamp() + make_interval(secs => :hold_seconds::integer)
WHERE fence_until < clock_timestamp() OR fence_owner = :owner::uuid
RETURNING fence, cursor`,
  bind: ({ owner, holdSeconds }: { owner: string; holdSeconds: number }) => ({ owner, hold_seconds: holdSeconds }),
  row: z.object({ fence: z.int(), cursor: z.nullable(z.uuid()) }),
});
