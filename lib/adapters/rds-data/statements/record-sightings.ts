import * as z from 'zod/mini';
import type { RecordSightingsInput } from '../../../domain/orphan-store.ts';
import { statement } from '../statement.ts';

/**
 * Counts in how many runs in a row an instance was found with the same tags and the same thing to do about it; another
 * finding begins anew. The same run counts once, however often it is sent. That EC2 was asked for its end is kept.
 */
export const recordSightings = statement({
  sql: `
INSERT INTO orphan_sightings AS s (instance_id, workspace_id, generation, action, reason, evidence, run)
SELECT instance_id, workspace_id, generation, action, reason, evidence, :run::uuid
FROM jsonb_to_recordset(:rows::jsonb) AS r(
  instance_id text, workspace_id uuid, generation integer, action text, reason text, evidence jsonb)
ORDER BY instance_id
ON CONFLICT (instance_id) DO UPDATE SET
  sightings = CASE
    WHEN ROW(s.action, s.workspace_id, s.generation)
      IS DISTINCT FROM ROW(excluded.action, excluded.workspace_id, excluded.generation) THEN 1
    WHEN s.run = excluded.run THEN s.sightings
    ELSE s.sightings + 1 END,
  first_seen_at = CASE
    WHEN ROW(s.action, s.workspace_id, s.generation)
      IS DISTINCT FROM ROW(excluded.action, excluded.workspace_id, excluded.generation) THEN clock_timestamp()
    ELSE s.first_seen_at END,
  last_seen_at = clock_timestamp(),
  workspace_id = excluded.workspace_id, generation = excluded.generation, action = excluded.action,
  reason = excluded.reason, evidence = excluded.evidence, run = excluded.run
RETURNING s.instance_id AS "instanceId", s.sightings`,
  bind: ({ run, rows }: RecordSightingsInput) => ({ run, rows: JSON.stringify(rows) }),
  row: z.object({ instanceId: z.string(), sightings: z.int() }),
});
