import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * The months of events that are older than what is kept, oldest first, those in the default partition too; and the last
 * event of each that is in the archive by now (0: none). An empty partition is one of them.
 */
export const listArchivableMonths = statement({
  sql: `
WITH kept AS MATERIALIZED (
  SELECT events_kept_from(:kept_months::integer) AS since
), old AS (
  SELECT to_date(substr(c.relname, 18), 'YYYY_MM') AS month
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'workspace_events'::regclass AND c.relname ~ '^workspace_events_[0-9]{4}_[0-9]{2}$'
  UNION
  SELECT date_trunc('month', e.at AT TIME ZONE 'UTC')::date
  FROM kept, workspace_events_default e WHERE e.at < kept.since
)
SELECT to_char(o.month, 'YYYY-MM') AS month,
  COALESCE((SELECT max(a.last_id) FROM archived_events a WHERE a.month = o.month AND a.dropped_at IS NULL), 0) AS "after"
FROM kept, old o
WHERE o.month::timestamp AT TIME ZONE 'UTC' < kept.since
ORDER BY o.month`,
  bind: ({ keptMonths }: { readonly keptMonths: number }) => ({ kept_months: keptMonths }),
  row: z.object({ month: z.string(), after: z.int() }),
});
