import { statement } from '../statement.ts';
import { ABSENCE_FACTS, absenceFactsRow } from './absence-facts.ts';

/**
 * What a sweep would find of these absences (at most 1,000), were it to count them now: as {@link ABSENCE_FACTS} after
 * one more sighting. Nothing is written.
 */
export const readAbsences = statement({
  sql: `
WITH missed AS (
  SELECT w.id, h.lease_until, w.launched_at, w.boot_asked_at, w.created_at,
    CASE WHEN a.anew THEN 1 ELSE w.absent_seen + 1 END AS absent_seen,
    CASE WHEN a.anew THEN clock_timestamp() ELSE w.absent_since END AS absent_since
  FROM jsonb_array_elements_text(:ids::jsonb) AS listed (id)
  JOIN workspaces w ON w.id = listed.id::uuid
  JOIN heartbeats h ON h.workspace_id = w.id
  CROSS JOIN LATERAL (SELECT w.absent_since IS NULL OR h.last_heartbeat_at >= w.absent_since AS anew) a
)
SELECT ${ABSENCE_FACTS}
FROM missed w JOIN missed b ON b.id = w.id CROSS JOIN sweep_state s
ORDER BY w.absent_since, w.id`,
  bind: ({ ids }: { ids: readonly string[] }) => ({ ids: JSON.stringify(ids) }),
  row: absenceFactsRow,
});
