import * as z from 'zod/mini';
import type { EndHoldInput } from '../../../domain/confirm.ts';
import { movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * A stop by a person is over where EC2 shows the instance alive again: its boot has its time from now on, in
 * provisioning. Guarded as a flip is; whoever has beaten since has ended the hold by itself.
 */
export const resumeHeld = statement({
  sql: `
WITH fence AS (
  SELECT 1 FROM sweep_state WHERE :fence::bigint IS NULL OR fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb)
    AS r(workspace_id uuid, instance_id text, generation integer, asked_at timestamptz, reason text, evidence jsonb), fence
), confirmed AS (
  SELECT w.id, i.reason, i.evidence, i.asked_at, (:moves::jsonb ->> w.status::text)::workspace_status AS target
  FROM workspaces w JOIN input i ON i.workspace_id = w.id
  WHERE w.status IN ('provisioning', 'offline') AND w.generation = i.generation AND w.instance_id = i.instance_id
    AND w.status_since < i.asked_at AND w.stopped_by = 'user' AND w.ec2_op IS NULL
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  status = COALESCE(c.target, w.status),
  cause = CASE WHEN c.target IS NOT NULL THEN jsonb_build_object(
    'event', 'started', 'reason', c.reason,
    'evidence', c.evidence || jsonb_build_object('asked_at', c.asked_at),
    'actor', :actor::text, 'request_id', :request_id::text) END,
  stopped_by = NULL, boot_asked_at = clock_timestamp(),
  updated_at = clock_timestamp()
FROM confirmed c WHERE w.id = c.id
RETURNING w.id`,
  bind: ({ rows, fence, actor, requestId }: EndHoldInput) => ({
    rows: JSON.stringify(rows),
    fence,
    actor,
    request_id: requestId,
    moves: JSON.stringify(movesOf('started')),
  }),
  row: z.object({ id: z.uuid() }),
});
