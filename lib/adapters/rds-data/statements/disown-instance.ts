import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import { movesOf, STATUSES } from '../../../domain/status.ts';
import type { DisownInput } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/**
 * Answers whether a launched instance that could not be finalised is the workspace's all the same (`kept`: an earlier
 * try was committed, or it was adopted), so that it must live. Else no row believes in it, and the history says that its
 * teardown is requested; where `fail` asks for it the workspace fails, else its launch is owed afresh.
 */
export const disownInstance = statement({
  sql: `
WITH held AS (
  SELECT id, status, generation = :generation::integer AND instance_id IS NULL AND status <> 'removed' AS waiting,
    COALESCE(instance_id = :instance_id::text, false) AS kept
  FROM workspaces WHERE id = :workspace_id::uuid
  FOR NO KEY UPDATE
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT id, :event::text, 'not_finalised', jsonb_build_object('error', :error::text, 'teardown', 'requested'),
         :actor::text, :request_id::text, :generation::integer, :instance_id::text
  FROM held WHERE NOT kept AND NOT EXISTS (
    SELECT 1 FROM workspace_events e
    WHERE e.workspace_id = held.id AND e.event = :event::text AND e.instance_id = :instance_id::text)
), freed AS (
  UPDATE workspaces w SET
    status = COALESCE((:moves::jsonb ->> w.status::text)::workspace_status, w.status),
    cause = CASE WHEN :moves::jsonb ->> w.status::text IS NOT NULL THEN jsonb_build_object(
      'event', 'launch_failed', 'reason', 'persistence_failed',
      'evidence', jsonb_build_object('instance_id', :instance_id::text, 'error', :error::text),
      'actor', :actor::text, 'request_id', :request_id::text) END,
    ec2_op_asked_at = CASE WHEN w.ec2_op = 'launch' THEN NULL ELSE w.ec2_op_asked_at END,
    ec2_next_at = CASE WHEN w.ec2_op = 'launch'
      THEN clock_timestamp() + ec2_backoff(greatest(1, w.ec2_attempts)) ELSE w.ec2_next_at END,
    ec2_lease = NULL, ec2_lease_until = NULL
  FROM held WHERE w.id = held.id AND held.waiting
)
SELECT kept, status FROM held`,
  bind: ({ workspaceId, generation, instanceId, error, fail, actor, requestId }: DisownInput) => ({
    event: 'persistence_failed' satisfies Notice,
    workspace_id: workspaceId,
    generation,
    instance_id: instanceId,
    error,
    moves: JSON.stringify(fail ? movesOf('launch_failed') : {}),
    actor,
    request_id: requestId,
  }),
  row: z.object({ kept: z.boolean(), status: z.enum(STATUSES) }),
});
