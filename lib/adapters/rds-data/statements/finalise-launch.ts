import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import { movesOf, STATUSES } from '../../../domain/status.ts';
import type { FinaliseInput } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/**
 * Records the instance of a generation, in whatever status: its runtime may have registered already. Whatever launch was
 * owed is done by it; where a pause came meanwhile, the instance has to be stopped. The boot's time begins now, and its token is good for
 * it, however long the launch was owed. Answers no row when the workspace is removed, has moved on, or has another
 * instance. One that EC2 had launched long before it was asked was launched by a history that the registry has lost to a
 * backup, which is told too. Bears being run twice.
 */
export const finaliseLaunch = statement({
  sql: `
WITH beats AS (
  SELECT workspace_id, last_heartbeat_at > '-infinity' AS has_spoken FROM heartbeats
  WHERE workspace_id = :workspace_id::uuid AND generation = :generation::integer
  FOR NO KEY UPDATE
), before AS (
  SELECT w.id, w.instance_id IS NULL AS first, w.boot_timeout_seconds, w.ec2_op_asked_at,
    CASE WHEN w.instance_id IS NULL AND NOT (w.status = 'degraded' AND b.has_spoken)
      THEN (:moves::jsonb ->> w.status::text)::workspace_status END AS target,
    CASE
      WHEN w.instance_id IS NULL AND w.status IN ('paused', 'hibernated') THEN 'stop'::ec2_operation
      WHEN w.instance_id IS NULL AND w.ec2_op = 'launch' THEN NULL
      ELSE w.ec2_op END AS owed
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  WHERE w.generation = :generation::integer AND w.status <> 'removed'
    AND (w.instance_id IS NULL OR w.instance_id = :instance_id::text)
  FOR NO KEY UPDATE OF w
), opened AS (
  UPDATE heartbeats h SET bootstrap_until =
    greatest(h.bootstrap_until, clock_timestamp() + make_interval(secs => 2 * b.boot_timeout_seconds))
  FROM before b WHERE h.workspace_id = b.id AND b.first AND h.bootstrap_open
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT b.id, :event::text, 'launched', jsonb_build_object('availability_zone', :zone::text),
         :actor::text, :request_id::text, :generation::integer, :instance_id::text
  FROM before b WHERE b.first AND b.target IS NULL
), behind AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT b.id, :behind::text, 'older_launch',
         jsonb_build_object('launched_at', :launched_at::timestamptz, 'asked_at', b.ec2_op_asked_at),
         :actor::text, :request_id::text, :generation::integer, :instance_id::text
  FROM before b WHERE b.first AND :launched_at::timestamptz < b.ec2_op_asked_at - interval '5 minutes'
)
UPDATE workspaces w SET
  status = COALESCE(b.target, w.status),
  cause = CASE WHEN b.target IS NOT NULL THEN jsonb_build_object(
    'event', 'launched', 'reason', 'launched', 'evidence', jsonb_build_object('availability_zone', :zone::text),
    'actor', :actor::text, 'request_id', :request_id::text) END,
  instance_id = :instance_id::text, availability_zone = :zone::text, stoppable = :stoppable::boolean,
  launched_at = CASE WHEN b.first THEN clock_timestamp() ELSE w.launched_at END,
  boot_asked_at = CASE WHEN b.first THEN clock_timestamp() ELSE w.boot_asked_at END,
  stopped_by = CASE WHEN b.first THEN NULL ELSE w.stopped_by END,
  ec2_op = b.owed, ec2_op_asked_at = CASE WHEN b.owed = w.ec2_op THEN w.ec2_op_asked_at END,
  ec2_next_at = CASE WHEN b.owed IS NULL THEN NULL WHEN b.owed = w.ec2_op THEN w.ec2_next_at ELSE clock_timestamp() END,
  ec2_lease = CASE WHEN NOT b.first THEN w.ec2_lease END,
  ec2_lease_until = CASE WHEN NOT b.first THEN w.ec2_lease_until END,
  ec2_absent_since = CASE WHEN NOT b.first THEN w.ec2_absent_since END,
  updated_at = clock_timestamp()
FROM before b
WHERE w.id = b.id
RETURNING w.status`,
  bind: ({ workspaceId, generation, instance, actor, requestId }: FinaliseInput) => ({
    event: 'instance_launched' satisfies Notice,
    behind: 'registry_behind' satisfies Notice,
    workspace_id: workspaceId,
    generation,
    instance_id: instance.instanceId,
    zone: instance.zone,
    stoppable: instance.stoppable,
    launched_at: instance.launchedAt ?? null,
    actor,
    request_id: requestId,
    moves: JSON.stringify(movesOf('launched')),
  }),
  row: z.object({ status: z.enum(STATUSES) }),
});
