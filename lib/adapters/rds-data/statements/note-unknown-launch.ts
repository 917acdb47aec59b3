import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { UnknownLaunchInput } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/**
 * Tells in the workspace's history that its launch has no known result; once for a request, also when sent twice. It
 * stays owed, and is looked for as soon as EC2's answers can be trusted to show it.
 */
export const noteUnknownLaunch = statement({
  sql: `
WITH held AS (
  SELECT id, generation FROM workspaces
  WHERE id = :workspace_id::uuid AND generation = :generation::integer
  FOR NO KEY UPDATE
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation)
  SELECT held.id, :event::text, 'ec2_did_not_say', jsonb_build_object('error', :error::text),
         :actor::text, :request_id::text, held.generation
  FROM held WHERE NOT EXISTS (
    SELECT 1 FROM workspace_events e
    WHERE e.workspace_id = held.id AND e.event = :event::text AND e.request_id = :request_id::text)
)
UPDATE workspaces w SET
  ec2_lease = NULL, ec2_lease_until = NULL,
  ec2_next_at = CASE WHEN w.ec2_op IS NOT NULL
    THEN clock_timestamp() + make_interval(secs => :settle_seconds::double precision) END
FROM held WHERE w.id = held.id
RETURNING w.id`,
  bind: ({ workspaceId, generation, error, settleSeconds, actor, requestId }: UnknownLaunchInput) => ({
    event: 'launch_unknown' satisfies Notice,
    workspace_id: workspaceId,
    generation,
    error,
    settle_seconds: settleSeconds,
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
