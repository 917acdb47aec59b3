import * as z from 'zod/mini';
import type { FlipInput } from '../../../domain/confirm.ts';
import { movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * Takes workspaces offline whose instance EC2 called gone or stopped (at most 1,000 a statement). The WHERE clauses are
 * the re-confirmation of invariant 1. Lock order: the fence, heartbeats, workspaces; ids ascending. A beat holds its
 * heartbeats row until it commits, so either it is seen here, or it sees what is written here. EC2 calls our own stops a
 * user's too; only one that we did not ask for is a person's. That it is stopped is not believed while an answer may be older
 * than its last start.
 */
export const flipInstances = statement({
  sql: `
WITH fence AS (
  SELECT 1 FROM sweep_state WHERE :fence::bigint IS NULL OR fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, instance_id text, generation integer, asked_at timestamptz, event text, reason text, evidence jsonb,
    terminated boolean, stopped_by_user boolean
  ), fence
), beats AS (
  SELECT h.workspace_id, h.last_heartbeat_at
  FROM heartbeats h JOIN input i ON i.workspace_id = h.workspace_id
  WHERE h.generation = i.generation AND (i.terminated OR h.last_heartbeat_at < i.asked_at)
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, i.*, b.last_heartbeat_at,
    i.stopped_by_user AND w.stopped_by IS DISTINCT FROM 'muster' AS by_person
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  WHERE w.generation = i.generation AND w.instance_id = i.instance_id
    AND w.status_since < i.asked_at
    AND (i.event <> 'instance_stopped' OR w.ec2_settles_at < i.asked_at)
    AND :moves::jsonb -> i.event ->> w.status::text IS NOT NULL
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), silenced AS (
  UPDATE heartbeats h SET token_version = h.token_version + 1
  FROM confirmed c WHERE h.workspace_id = c.id AND c.event = 'instance_gone'
)
UPDATE workspaces w SET
  status = (:moves::jsonb -> c.event ->> w.status::text)::workspace_status,
  instance_id = CASE WHEN c.event = 'instance_gone' THEN NULL ELSE w.instance_id END,
  stopped_by = CASE WHEN c.event = 'instance_stopped' AND c.by_person THEN 'user' ELSE w.stopped_by END,
  cause = jsonb_build_object(
    'event', c.event, 'reason', c.reason,
    'evidence', c.evidence || jsonb_build_object(
      'instance_id', c.instance_id, 'asked_at', c.asked_at,
      'last_heartbeat_at', NULLIF(c.last_heartbeat_at, '-infinity')),
    'actor', :actor::text, 'request_id', :request_id::text,
    'owes', CASE
      WHEN w.restart_policy = 'never' THEN NULL
      WHEN c.event = 'instance_gone' THEN 'launch'
      WHEN NOT c.by_person THEN 'start'
    END)
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, c.event, w.ec2_op IS NOT NULL AS owing`,
  bind: ({ rows, fence, actor, requestId }: FlipInput) => ({
    rows: JSON.stringify(rows),
    fence,
    actor,
    request_id: requestId,
    moves: JSON.stringify({
      instance_gone: movesOf('instance_gone'),
      instance_stopped: movesOf('instance_stopped'),
    }),
  }),
  row: z.object({ id: z.uuid(), event: z.enum(['instance_gone', 'instance_stopped']), owing: z.boolean() }),
});
