import * as z from 'zod/mini';
import type { ClearInput } from '../../../domain/confirm.ts';
import type { Notice } from '../../../domain/events.ts';
import { CLEARED_STATUSES } from '../../../domain/sweep/decide.ts';
import { statement } from '../statement.ts';

/**
 * Takes a terminated instance's id out of rows whose status it does not change, with an event that says so. What is
 * gone has nothing more to say, so its tokens end, save for removed: there they are answered 410. A workspace that went
 * offline for silence owes its launch only now that the instance is known to be lost.
 */
export const clearDeadInstances = statement({
  sql: `
WITH fence AS (
  SELECT 1 FROM sweep_state WHERE :fence::bigint IS NULL OR fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, instance_id text, generation integer, asked_at timestamptz, reason text, evidence jsonb
  ), fence
), beats AS (
  SELECT h.workspace_id FROM heartbeats h JOIN input i ON i.workspace_id = h.workspace_id
  WHERE h.generation = i.generation
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, i.*
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  WHERE w.generation = i.generation AND w.instance_id = i.instance_id AND w.status_since < i.asked_at
    AND w.status::text IN (SELECT jsonb_array_elements_text(:statuses::jsonb))
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), silenced AS (
  UPDATE heartbeats h SET token_version = h.token_version + 1
  FROM confirmed c JOIN workspaces w ON w.id = c.id
  WHERE h.workspace_id = c.id AND w.status <> 'removed'
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT c.id, :event::text, c.reason, c.evidence || jsonb_build_object('asked_at', c.asked_at),
         :actor::text, :request_id::text, c.generation, c.instance_id
  FROM confirmed c ORDER BY c.id
)
UPDATE workspaces w SET
  instance_id = NULL,
  ec2_op = CASE WHEN w.status = 'offline' AND w.restart_policy <> 'never'
    THEN COALESCE(w.ec2_op, 'launch') ELSE w.ec2_op END,
  ec2_next_at = CASE WHEN w.status = 'offline' AND w.restart_policy <> 'never'
    THEN COALESCE(w.ec2_next_at, clock_timestamp()) ELSE w.ec2_next_at END,
  updated_at = clock_timestamp()
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, w.ec2_op IS NOT NULL AS owing`,
  bind: ({ rows, fence, actor, requestId }: ClearInput) => ({
    event: 'instance_cleared' satisfies Notice,
    rows: JSON.stringify(rows),
    fence,
    actor,
    request_id: requestId,
    statuses: JSON.stringify(CLEARED_STATUSES),
  }),
  row: z.object({ id: z.uuid(), owing: z.boolean() }),
});
