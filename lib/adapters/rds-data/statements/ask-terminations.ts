import * as z from 'zod/mini';
import type { AskTerminationsInput } from '../../../domain/orphan-store.ts';
import { statement } from '../statement.ts';

/**
 * Writes that EC2 is about to be asked to end these instances, and answers those that it may be asked for. The WHERE is
 * the proof, read again: two runs saw it, this one the last of them, and its workspace is removed or of a higher
 * generation, which no commit takes back; no row has the instance, but its own that is removed.
 */
export const askTerminations = statement({
  sql: `
WITH proved AS (
  SELECT s.instance_id, w.generation
  FROM jsonb_array_elements_text(:instance_ids::jsonb) AS asked(id)
  JOIN orphan_sightings s ON s.instance_id = asked.id
  JOIN workspaces w ON w.id = s.workspace_id
  WHERE s.run = :run::uuid AND s.action = 'terminate' AND s.sightings >= 2
    AND (w.status = 'removed' OR w.generation > s.generation)
    AND NOT EXISTS (
      SELECT 1 FROM workspaces h WHERE h.instance_id = s.instance_id
        AND NOT (h.id = w.id AND h.status = 'removed'))
    AND s.instance_id NOT IN (
      SELECT previous_instance_id FROM workspaces WHERE previous_instance_id IS NOT NULL)
  ORDER BY s.instance_id
  FOR NO KEY UPDATE OF s
)
UPDATE orphan_sightings s SET
  asked_at = clock_timestamp(),
  evidence = s.evidence || jsonb_build_object('row_generation', p.generation)
FROM proved p WHERE s.instance_id = p.instance_id
RETURNING s.instance_id AS "instanceId"`,
  bind: ({ run, instanceIds }: AskTerminationsInput) => ({ run, instance_ids: JSON.stringify(instanceIds) }),
  row: z.object({ instanceId: z.string() }),
});
