import type { NoteAbsencesInput } from '../../../domain/sweep/absence.ts';
import { statement } from '../statement.ts';
import { ABSENCE_FACTS, absenceFactsRow } from './absence-facts.ts';

/**
 * Counts one more sweep that did not find these instances, and answers what that makes of their proofs. A sweep counts
 * once, though it is sent twice; who has beaten since the first sighting begins anew. The fence is the sweep's number.
 */
export const noteAbsences = statement({
  sql: `
WITH fence AS (
  SELECT grace_until FROM sweep_state WHERE fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, instance_id text, generation integer, asked_at timestamptz
  ), fence
), missed AS (
  SELECT w.id, h.lease_until,
    w.absent_cycle IS NOT DISTINCT FROM :fence::bigint AS counted,
    w.absent_since IS NULL OR h.last_heartbeat_at >= w.absent_since AS anew
  FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  WHERE w.generation = i.generation AND w.instance_id = i.instance_id AND w.status_since < i.asked_at
    AND (w.absent_cycle IS NULL OR w.absent_cycle <= :fence::bigint)
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), noted AS (
  UPDATE workspaces w SET
    absent_since = CASE WHEN m.counted OR NOT m.anew THEN w.absent_since ELSE clock_timestamp() END,
    absent_seen = CASE WHEN m.counted THEN w.absent_seen WHEN m.anew THEN 1 ELSE w.absent_seen + 1 END,
    absent_cycle = :fence::bigint
  FROM missed m WHERE w.id = m.id
  RETURNING w.*, m.lease_until
)
SELECT ${ABSENCE_FACTS}
FROM noted w JOIN missed b ON b.id = w.id CROSS JOIN fence s
ORDER BY w.absent_since, w.id`,
  bind: ({ fence, rows }: NoteAbsencesInput) => ({ fence, rows: JSON.stringify(rows) }),
  row: absenceFactsRow,
});
