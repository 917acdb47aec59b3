import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { ForgetSightingsInput } from '../../../domain/orphan-store.ts';
import { statement } from '../statement.ts';

/**
 * Forgets the sightings that this run does not confirm. An instance that EC2 was asked to end without its answer being
 * written, and that EC2 no longer lists, is told as ended, so that a crash in between leaves no gap in the history; an
 * empty list tells of nothing, so these wait. The DELETE feeds the INSERT: sent twice, it tells once.
 */
export const forgetSightings = statement({
  sql: `
WITH gone AS (
  DELETE FROM orphan_sightings s
  WHERE s.instance_id NOT IN (SELECT jsonb_array_elements_text(:seen::jsonb))
    AND (s.asked_at IS NULL OR :listed::boolean)
  RETURNING s.*
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT g.workspace_id, :event::text, g.reason,
         g.evidence || jsonb_build_object('asked_at', g.asked_at, 'ec2_answer', 'unknown', 'listed', false),
         :actor::text, :request_id::text, w.generation, g.instance_id
  FROM gone g JOIN workspaces w ON w.id = g.workspace_id
  WHERE g.asked_at IS NOT NULL ORDER BY g.instance_id
)
SELECT instance_id AS "instanceId" FROM gone`,
  bind: ({ seen, listed, actor, requestId }: ForgetSightingsInput) => ({
    event: 'orphan_terminated' satisfies Notice,
    seen: JSON.stringify(seen),
    listed,
    actor,
    request_id: requestId,
  }),
  row: z.object({ instanceId: z.string() }),
});
