import { z } from 'zod';
import { EC2_OPERATIONS, STATUSES } from '../../../lib/domain/status.ts';
import { RESTART_POLICIES, STOPPED_BY } from '../../../lib/domain/workspace.ts';

export const registryRow = z.object({
  id: z.uuid(),
  /** The number in the plan. */
  number: z.string().nullable(),
  status: z.enum(STATUSES),
  status_reason: z.string(),
  generation: z.int(),
  /** What the heartbeats table says; the two must agree. */
  beat_generation: z.int(),
  token_version: z.int(),
  instance_id: z.string().nullable(),
  previous_instance_id: z.string().nullable(),
  restart_policy: z.enum(RESTART_POLICIES),
  stopped_by: z.enum(STOPPED_BY).nullable(),
  ec2_op: z.enum(EC2_OPERATIONS).nullable(),
  ec2_op_asked_at: z.date().nullable(),
  ec2_attempts: z.int(),
  ec2_next_at: z.date().nullable(),
  /** Whether a converge, or whoever creates it, still holds it. */
  leased: z.boolean(),
  boot_asked_at: z.date().nullable(),
  reconcile_owed: z.boolean(),
  /** Whether it has beaten in its lease. */
  in_lease: z.boolean(),
});

export type RegistryRow = z.infer<typeof registryRow>;

export const READ_ROWS = `
SELECT w.id, w.labels ->> 'storm' AS number, w.status, w.status_reason, w.generation,
  h.generation AS beat_generation, h.token_version, w.instance_id, w.previous_instance_id,
  w.restart_policy, w.stopped_by, w.ec2_op, w.ec2_op_asked_at, w.ec2_attempts, w.ec2_next_at,
  COALESCE(w.ec2_lease_until > clock_timestamp(), false) AS leased, w.boot_asked_at,
  w.reconcile_wanted > w.reconcile_done AS reconcile_owed, h.lease_until > clock_timestamp() AS in_lease
FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
ORDER BY w.id`;

export const eventRow = z.object({
  id: z.coerce.number(),
  workspace_id: z.uuid(),
  at: z.date(),
  event: z.string(),
  from_status: z.enum(STATUSES).nullable(),
  to_status: z.enum(STATUSES).nullable(),
  reason: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()),
  owes: z.string().nullable(),
  actor: z.string(),
  request_id: z.string().nullable(),
  generation: z.int(),
  instance_id: z.string().nullable(),
});

export type RegistryEvent = z.infer<typeof eventRow>;

export const READ_EVENTS = `
SELECT id, workspace_id, at, event, from_status, to_status, reason, evidence, owes, actor, request_id, generation,
  instance_id
FROM workspace_events
WHERE $1::uuid IS NULL OR workspace_id = $1::uuid
ORDER BY id`;
