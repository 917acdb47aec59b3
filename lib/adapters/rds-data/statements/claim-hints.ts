import * as z from 'zod/mini';
import type { ClaimHintsInput } from '../../../domain/hint.ts';
import { statement } from '../statement.ts';

/**
 * Takes over to answer what is noted; answers no row where nothing is, or another answers. Whoever notes a hint and
 * finds it free calls it after that is committed, and whoever has given the answering back calls it after that. Sent twice by the same owner, it answers the same.
 */
export const claimHints = statement({
  sql: `
UPDATE hint_answerer SET
  owner = :owner::uuid,
  held_until = clock_timestamp() + make_interval(secs => :hold_seconds::integer)
WHERE (held_until < clock_timestamp() OR owner = :owner::uuid) AND EXISTS (SELECT FROM hints)
RETURNING true AS claimed`,
  bind: ({ owner, holdSeconds }: ClaimHintsInput) => ({ owner, hold_seconds: holdSeconds }),
  row: z.object({ claimed: z.literal(true) }),
});
