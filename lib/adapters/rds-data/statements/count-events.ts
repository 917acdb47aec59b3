import * as z from 'zod/mini';
import type { CountEventsInput } from '../../../domain/event-consumer.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

/**
 * Counts, by kind, the events since the last run, and moves the mark up to which they are counted. Runs beside one
 * another count one after the other, each event once; a run sent twice is answered the same. The youngest are left to
 * the next run, since what dates an event has yet to commit it. Of those that brought a workspace online it answers how
 * long its provisioning had lasted, in seconds: of more than a hundred every percentile.
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
), told AS MATERIALIZED (
  SELECT event, reason, workspace_id, id, at, from_status = 'provisioning' AND to_status = 'online' AS came_online
  FROM workspace_events
  WHERE at > (SELECT since FROM span) AND at <= (SELECT until FROM span)
), took AS (
  SELECT t.event, extract(epoch FROM t.at - begun.at)::double precision AS seconds
  FROM told t CROSS JOIN LATERAL (
    SELECT e.at FROM workspace_events e
    WHERE e.workspace_id = t.workspace_id AND e.id < t.id AND e.to_status = 'provisioning'
    ORDER BY e.id DESC LIMIT 1
  ) AS begun
  WHERE t.came_online
), percentiles AS (
  SELECT event, max(seconds) AS seconds
  FROM (SELECT event, seconds, ntile(100) OVER (PARTITION BY event ORDER BY seconds) AS part FROM took) AS parts
  GROUP BY event, part
)
SELECT event, count(*)::integer AS count, count(*) FILTER (WHERE reason = 'absent')::integer AS absent,
  COALESCE((SELECT jsonb_agg(p.seconds ORDER BY p.seconds) FROM percentiles p WHERE p.event = told.event), '[]')
    AS "provisioningSeconds"
FROM told
GROUP BY event`,
  bind: ({ run, lagSeconds }: CountEventsInput) => ({ run, lag_seconds: lagSeconds }),
  row: z.object({
    event: z.string(),
    count: z.int(),
    absent: z.int(),
    provisioningSeconds: json(z.array(z.number())),
  }),
});
