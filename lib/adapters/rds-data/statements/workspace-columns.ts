import * as z from 'zod/mini';
import { STATUSES } from '../../../domain/status.ts';
import { RESTART_POLICIES, STOPPED_BY } from '../../../domain/workspace.ts';
import { json, timestamp } from '../columns.ts';

/** The columns of a workspace as operators see it, over `workspaces w` and `heartbeats h`. */
export const WORKSPACE_COLUMNS = `
  w.id, w.name, w.runtime, w.status, w.status_since, w.status_reason, w.generation, w.instance_id,
  w.availability_zone, w.previous_instance_id, w.launch IS NULL AS external, w.stoppable, w.stopped_by,
  w.ec2_op AS owed_operation, w.ec2_op_asked_at AS operation_asked_at, w.ec2_next_at AS next_operation_at,
  w.ec2_attempts AS attempts, w.restart_policy, w.boot_timeout_seconds, w.idle_minutes, w.labels, w.url, w.agent_version,
  NULLIF(h.last_heartbeat_at, '-infinity') AS last_heartbeat_at, NULLIF(h.lease_until, '-infinity') AS lease_until,
  h.error_rate, h.active_tasks, w.declaration_version, w.reconcile_wanted > w.reconcile_done AS reconcile_owed,
  w.reconcile_because, w.reconcile_since, w.created_at,
  (SELECT COALESCE(jsonb_agg(jsonb_build_object(
     'name', COALESCE(d.name, i.name), 'declared_version', d.version, 'installed_version', i.version,
     'failed_version', i.failed_version, 'failed_reason', i.failed_reason) ORDER BY COALESCE(d.name, i.name)), '[]')
   FROM (SELECT name, version FROM declared_plugins WHERE workspace_id = w.id) d
   FULL JOIN (
     SELECT name, version, failed_version, failed_reason FROM installed_plugins
     WHERE workspace_id = w.id AND generation = w.generation AND boot_id IS NOT DISTINCT FROM h.boot_id
   ) i ON i.name = d.name) AS plugins`;

export const workspaceRow = z.object({
  id: z.uuid(),
  name: z.string(),
  runtime: z.string(),
  status: z.enum(STATUSES),
  status_since: timestamp,
  status_reason: z.string(),
  generation: z.int(),
  instance_id: z.nullable(z.string()),
  availability_zone: z.nullable(z.string()),
  previous_instance_id: z.nullable(z.string()),
  external: z.boolean(),
  stoppable: z.boolean(),
  stopped_by: z.nullable(z.enum(STOPPED_BY)),
  owed_operation: z.nullable(z.string()),
  operation_asked_at: z.nullable(timestamp),
  next_operation_at: z.nullable(timestamp),
  attempts: z.int(),
  restart_policy: z.enum(RESTART_POLICIES),
  boot_timeout_seconds: z.int(),
  idle_minutes: z.nullable(z.int()),
  labels: json(z.record(z.string(), z.string())),
  url: z.nullable(z.string()),
  agent_version: z.nullable(z.string()),
  last_heartbeat_at: z.nullable(timestamp),
  lease_until: z.nullable(timestamp),
  error_rate: z.nullable(z.number()),
  active_tasks: z.int(),
  declaration_version: z.int(),
  reconcile_owed: z.boolean(),
  reconcile_because: z.nullable(z.string()),
  reconcile_since: z.nullable(timestamp),
  created_at: timestamp,
  plugins: json(
    z.array(
      z.object({
        name: z.string(),
        declared_version: z.nullable(z.string()),
        installed_version: z.nullable(z.string()),
        failed_version: z.nullable(z.string()),
        failed_reason: z.nullable(z.string()),
      }),
    ),
  ),
});
