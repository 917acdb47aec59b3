import * as z from 'zod/mini';
import { statement } from '../statement.ts';

type GapInput = {
  /** Whether beats are missing fleet-wide. */
  readonly isOutage: boolean;
  readonly gapSeconds: number;
  readonly graceSeconds: number;
};

/**
 * Our own outage is not theirs: when beats are missing fleet-wide, or the last run of liveness is long ago, every timeout
 * waits for `graceSeconds` from now, and longer as long as it goes on. That this run has asked is what the next one's gap
 * is measured from, whatever becomes of it: one that always fails further on is no outage. Says also whether the partition
 * three months ahead is missing. Sent twice, it only extends the grace.
 */
export const noticeGap = statement({
  sql: `
UPDATE sweep_state SET liveness_at = clock_timestamp(), grace_until = CASE
  WHEN :is_outage::boolean OR liveness_at < clock_timestamp() - make_interval(secs => :gap_seconds::integer)
  THEN greatest(grace_until, clock_timestamp() + make_interval(secs => :grace_seconds::integer))
  ELSE grace_until END
RETURNING grace_until > clock_timestamp() AS "inGrace",
  to_regclass('workspace_events_' || to_char((now() AT TIME ZONE 'UTC') + make_interval(months => 3), 'YYYY_MM')) IS NULL
    AS "partitionMissing"`,
  bind: ({ isOutage, gapSeconds, graceSeconds }: GapInput) => ({
    is_outage: isOutage,
    gap_seconds: gapSeconds,
    grace_seconds: graceSeconds,
  }),
  row: z.object({ inGrace: z.boolean(), partitionMissing: z.boolean() }),
});
