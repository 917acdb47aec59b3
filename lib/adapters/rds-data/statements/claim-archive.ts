import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Takes the archive: one run at a time. Answers no row while another has it; a crashed one loses it after `holdSeconds`.
 * Sent twice by the same owner, it answers the same.
 */
export const claimArchive = statement({
  sql: `
UPDATE archive_state SET
  owner = :owner::uuid, held_until = clock_timestamp() + make_interval(secs => :hold_seconds::integer)
WHERE held_until < clock_timestamp() OR owner = :owner::uuid
RETURNING true AS claimed`,
  bind: ({ owner, holdSeconds }: { readonly owner: string; readonly holdSeconds: number }) => ({
    owner,
    hold_seconds: holdSeconds,
  }),
  row: z.object({ claimed: z.literal(true) }),
});
