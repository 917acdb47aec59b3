import * as z from 'zod/mini';
import { INTERRUPTION_LABEL } from '../../../domain/hint.ts';
import type { BeginLaunchInput } from '../../../domain/operation.ts';
import { statement } from '../statement.ts';

/**
 * Begins the launch of the next generation: raises it in both tables, so that what the older one says is refused from
 * now on, also in the middle of its call. The old instance is kept as the previous one until the new one is recorded; a
 * warning of its end is not the next one's, nor what was counted of its absence.
 * Answers no row when the lease is lost or the row has moved on.
 */
export const beginLaunch = statement({
  sql: `
WITH beats AS (
  SELECT workspace_id FROM heartbeats
  WHERE workspace_id = :workspace_id::uuid AND generation = :generation::integer
  FOR NO KEY UPDATE
), held AS (
  SELECT w.id, w.boot_timeout_seconds FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  WHERE w.generation = :generation::integer AND w.ec2_lease = :lease::uuid
    AND w.ec2_op = :operation::ec2_operation AND w.instance_id IS NOT DISTINCT FROM :instance_id::text
    AND (w.instance_id IS NULL OR w.previous_instance_id IS NULL)
  FOR NO KEY UPDATE OF w
), raised AS (
  UPDATE heartbeats h SET
    generation = h.generation + 1, token_version = 1,
    bootstrap_open = true, bootstrap_opened_at = clock_timestamp(),
    bootstrap_until = clock_timestamp() + make_interval(secs => 2 * held.boot_timeout_seconds),
    boot_id = NULL, last_heartbeat_at = '-infinity', lease_until = '-infinity', busy_at = '-infinity',
    error_rate = NULL, sample_error = NULL, active_tasks = 0, current_task = NULL, uptime_seconds = 0,
    runtime_state = '', reports_plugins = false
  FROM held WHERE h.workspace_id = held.id
)
UPDATE workspaces w SET
  generation = w.generation + 1,
  previous_instance_id = COALESCE(w.instance_id, w.previous_instance_id),
  previous_next_at = '-infinity', previous_absent_since = NULL,
  instance_id = NULL, availability_zone = NULL, launched_at = NULL, boot_asked_at = NULL,
  launch = :spec::jsonb, labels = w.labels - :interruption_label::text,
  ec2_op = 'launch', ec2_op_asked_at = clock_timestamp(), ec2_attempts = w.ec2_attempts + 1, ec2_absent_since = NULL,
  ec2_stopping_since = NULL,
  ec2_lease_until = clock_timestamp() + make_interval(secs => :lease_seconds::integer),
  absent_since = NULL, absent_seen = 0, absent_cycle = NULL, stopped_by = NULL, updated_at = clock_timestamp()
FROM held WHERE w.id = held.id
RETURNING w.generation`,
  bind: ({ workspaceId, lease, leaseSeconds, generation, operation, instanceId, spec }: BeginLaunchInput) => ({
    workspace_id: workspaceId,
    lease,
    lease_seconds: leaseSeconds,
    generation,
    operation,
    instance_id: instanceId,
    interruption_label: INTERRUPTION_LABEL,
    spec: JSON.stringify(spec),
  }),
  row: z.object({ generation: z.int() }),
});
