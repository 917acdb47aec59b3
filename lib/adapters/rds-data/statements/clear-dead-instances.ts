import * as z from 'zod';
import type { ClearInput } from '../../../domain/confirm.ts';
import { statement } from '../statement.ts';

/**
 * Takes a terminated instance's id out of rows whose status it does not change (paused, failed, removed and the like),
 * with an event that says so.
 */
export const clearDeadInstances = statement({
  sql: `
WITH fence AS (
  SELECT 1 FROM sweep_state WHERE :fence::bigint IS NULL OR fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, instance_id text, generation integer, reason text, evidence jsonb
  ), fence
), confirmed AS (
  SELECT w.id, i.* FROM workspaces w JOIN input i ON i.workspace_id = w.id
  WHERE w.generation = i.generation AND w.instance_id = i.instance_id AND w.status_since < :asked_at::timestamptz
    AND w.status IN ('offline', 'paused', 'hibernated', 'failed', 'removed')
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT c.id, 'instance_cleared', c.reason, c.evidence || jsonb_build_object('asked_at', :asked_at::text),
         :actor::text, :request_id::text, c.generation, c.instance_id
  FROM confirmed c ORDER BY c.id
)
UPDATE workspaces w SET instance_id = NULL, updated_at = clock_timestamp()
FROM confirmed c WHERE w.id = c.id
RETURNING w.id`,
  bind: ({ rows, askedAt, fence, actor, requestId }: ClearInput) => ({
    rows: JSON.stringify(rows),
    asked_at: askedAt,
    fence,
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
