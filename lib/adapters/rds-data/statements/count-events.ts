import * as z from 'zod';
import type { CountEventsInput } from '../../../domain/event-consumer.ts';
import { statement } from '../statement.ts';

/**
 * Counts, by kind, the events since the last run, and moves the mark up to which they are counted. Runs beside one
 * another count one after the other, each event once; a run sent twice is answered the same. The youngest are left to
 * the next run, since what dates an event has yet to commit it.
 */
export const countEvents = statement({
  sql: `
WITH span AS (
  UPDATE sweep_state SET
    events_counted_by = :run::uuid,
    events_counted_since = CASE WHEN events_counted_by IS DISTINCT FROM :run::uuid
      THEN events_counted_until ELSE events_counted_since END,
    events_counted_until = CASE WHEN events_counted_by IS DISTINCT FROM :run::uuid
      THEN greatest(events_counted_until, now() - make_interval(secs => :lag_seconds::integer))
      ELSE events_counted_until END
  RETURNING events_counted_since AS since, events_counted_until AS until
)
SELECT event, count(*)::integer AS count
FROM workspace_events
WHERE at > (SELECT since FROM span) AND at <= (SELECT until FROM span)
GROUP BY event`,
  bind: ({ run, lagSeconds }: CountEventsInput) => ({ run, lag_seconds: lagSeconds }),
  row: z.object({ event: z.string(), count: z.int() }),
});
