import * as z from 'zod/mini';
import type { TakeHintsInput } from '../../../domain/hint.ts';
import { statement } from '../statement.ts';

/** Reads the hints that have waited longest, and begins the answerer's time anew; none for who is not the answerer. */
export const takeHints = statement({
  sql: `
WITH held AS (
  UPDATE hint_answerer SET held_until = clock_timestamp() + make_interval(secs => :hold_seconds::integer)
  WHERE owner = :owner::uuid
  RETURNING true
)
SELECT h.instance_id AS "instanceId", h.hinted_at::text AS "hintedAt",
  COALESCE(h.terminate_warned_at > now() - make_interval(secs => :warning_seconds::integer), false) AS doomed,
  h.hinted_at < now() - make_interval(secs => :stale_seconds::integer) AS stale
FROM hints h, held
ORDER BY h.hinted_at, h.instance_id
LIMIT :limit::integer`,
  bind: ({ owner, holdSeconds, limit, warningSeconds, staleSeconds }: TakeHintsInput) => ({
    owner,
    hold_seconds: holdSeconds,
    limit,
    warning_seconds: warningSeconds,
    stale_seconds: staleSeconds,
  }),
  row: z.object({ instanceId: z.string(), hintedAt: z.string(), doomed: z.boolean(), stale: z.boolean() }),
});
