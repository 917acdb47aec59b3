import * as z from 'zod/mini';
import type { ClaimOperationsInput } from '../../../domain/operation.ts';
import { EC2_OPERATIONS, STATUSES } from '../../../domain/status.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

const launchSpec = z.object({
  launch_template_id: z.string(),
  launch_template_version: z.optional(z.string()),
  subnet_id: z.optional(z.string()),
});

/** The superseded instance goes once the one that supersedes it is recorded, or none will come. */
const NO_LAUNCH_COMES = `(w.instance_id IS NOT NULL OR COALESCE(w.ec2_op IN ('stop', 'terminate'), true))`;

/**
 * Takes the lease of workspaces that owe EC2 something whose time has come; what another converge holds is passed over,
 * so that of many triggers one carries an operation out. The previous instance is due once the new one is recorded, or
 * none will be. Sent twice, it answers the same claim.
 */
export const claimOperations = statement({
  sql: `
WITH due AS (
  SELECT id FROM workspaces w
  WHERE (:workspace_ids::jsonb IS NULL
      OR w.id IN (SELECT listed.id::uuid FROM jsonb_array_elements_text(:workspace_ids::jsonb) AS listed (id)))
    AND (w.ec2_next_at <= clock_timestamp() AND w.ec2_op IS NOT NULL
      OR w.previous_instance_id IS NOT NULL AND w.previous_next_at <= clock_timestamp() AND ${NO_LAUNCH_COMES})
    AND (w.ec2_lease_until IS NULL OR w.ec2_lease_until < clock_timestamp() OR w.ec2_lease = :lease::uuid)
  ORDER BY least(w.ec2_next_at, CASE WHEN w.previous_instance_id IS NOT NULL AND ${NO_LAUNCH_COMES}
    THEN w.previous_next_at END), w.id
  LIMIT :limit::integer
  FOR NO KEY UPDATE SKIP LOCKED
), claimed AS (
  UPDATE workspaces w SET
    ec2_lease = :lease::uuid,
    ec2_lease_until = clock_timestamp() + make_interval(secs => :lease_seconds::integer)
  FROM due WHERE w.id = due.id
  RETURNING w.*
)
SELECT
  w.id AS "workspaceId", w.name, r.id AS "registryId", w.status, w.generation, h.token_version AS "tokenVersion",
  CASE WHEN w.ec2_next_at <= clock_timestamp() THEN w.ec2_op END AS operation,
  w.ec2_op_asked_at IS NOT NULL AS asked, COALESCE(w.boot_asked_at >= w.ec2_op_asked_at, false) AS agreed,
  w.power_cycle AS "powerCycle", w.power_stop_asked_at IS NOT NULL AS "stopAsked", w.ec2_attempts AS attempts,
  w.instance_id AS "instanceId", w.stoppable, w.launch,
  CAST(extract(epoch FROM clock_timestamp() - w.ec2_absent_since) AS double precision) AS "absentSeconds",
  CAST(extract(epoch FROM clock_timestamp() - w.ec2_stopping_since) AS double precision) AS "stoppingSeconds",
  CASE WHEN ${NO_LAUNCH_COMES} THEN w.previous_instance_id END AS "previousInstanceId",
  CAST(extract(epoch FROM clock_timestamp() - w.previous_absent_since) AS double precision) AS "previousAbsentSeconds"
FROM claimed w JOIN heartbeats h ON h.workspace_id = w.id CROSS JOIN registry_identity r
ORDER BY w.id`,
  bind: ({ workspaceIds, lease, leaseSeconds, limit }: ClaimOperationsInput) => ({
    workspace_ids: workspaceIds === null ? null : JSON.stringify(workspaceIds),
    lease,
    lease_seconds: leaseSeconds,
    limit,
  }),
  row: z.object({
    workspaceId: z.uuid(),
    name: z.string(),
    registryId: z.uuid(),
    status: z.enum(STATUSES),
    generation: z.int(),
    tokenVersion: z.int(),
    operation: z.nullable(z.enum(EC2_OPERATIONS)),
    asked: z.boolean(),
    agreed: z.boolean(),
    powerCycle: z.boolean(),
    stopAsked: z.boolean(),
    attempts: z.int(),
    instanceId: z.nullable(z.string()),
    stoppable: z.boolean(),
    launch: z.nullable(json(launchSpec)),
    absentSeconds: z.nullable(z.number()),
    stoppingSeconds: z.nullable(z.number()),
    previousInstanceId: z.nullable(z.string()),
    previousAbsentSeconds: z.nullable(z.number()),
  }),
});
