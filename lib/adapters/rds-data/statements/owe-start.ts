import * as z from 'zod/mini';
import type { OweStartInput } from '../../../domain/confirm.ts';
import { statement } from '../statement.ts';

/**
 * A workspace whose instance is stopped in its boot, or whose silence was noticed before its stop, keeps its status, but
 * owes a start, unless something is owed already; a stop by a person is noted once, and held. The same guards as a flip.
 */
export const oweStart = statement({
  sql: `
WITH fence AS (
  SELECT 1 FROM sweep_state WHERE :fence::bigint IS NULL OR fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, instance_id text, generation integer, asked_at timestamptz, stopped_by_user boolean
  ), fence
), beats AS (
  SELECT h.workspace_id FROM heartbeats h JOIN input i ON i.workspace_id = h.workspace_id
  WHERE h.generation = i.generation AND h.last_heartbeat_at < i.asked_at
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, i.stopped_by_user AND w.stopped_by IS DISTINCT FROM 'muster' AS by_person
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  WHERE (w.status = 'provisioning' OR w.status = 'offline' AND w.status_reason = 'lease_expired')
    AND w.generation = i.generation AND w.instance_id = i.instance_id
    AND w.status_since < i.asked_at AND w.ec2_op IS NULL AND w.restart_policy <> 'never'
    AND NOT (i.stopped_by_user AND w.stopped_by IS NOT DISTINCT FROM 'user')
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  ec2_op = CASE WHEN NOT c.by_person THEN 'start'::ec2_operation END,
  ec2_op_asked_at = NULL,
  ec2_next_at = CASE WHEN NOT c.by_person THEN greatest(clock_timestamp() + ec2_backoff(w.ec2_attempts), w.ec2_settles_at) END,
  stopped_by = CASE WHEN c.by_person THEN 'user' ELSE w.stopped_by END,
  updated_at = clock_timestamp()
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, w.ec2_op IS NOT NULL AS owing`,
  bind: ({ rows, fence }: OweStartInput) => ({ rows: JSON.stringify(rows), fence }),
  row: z.object({ id: z.uuid(), owing: z.boolean() }),
});
