import * as z from 'zod/mini';
import { EC2_OPERATIONS, movesOf } from '../../../domain/status.ts';
import type { By } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/**
 * Since when a boot has had its time. EC2 never agrees to anything for an external workspace, and an operation that it
 * may have agreed to without an answer counts from the asking; what booted before this status is another boot.
 */
const WAITED_SINCE = 'greatest(w.status_since, w.boot_asked_at, w.ec2_op_asked_at)';

/** What has not been asked of EC2 yet cannot be late, nor what a person stopped, nor what has no instance yet. */
const OVERDUE = `w.status = 'provisioning'
    AND ${WAITED_SINCE} + make_interval(secs => w.boot_timeout_seconds) < now()
    AND w.stopped_by IS DISTINCT FROM 'user'
    AND (w.ec2_op IS NULL OR w.ec2_op_asked_at IS NOT NULL)
    AND (w.launch IS NULL OR w.instance_id IS NOT NULL)`;

/**
 * Boots that were not heard of in their time, whatever the process before them says: offline, owing a launch where the
 * policy heals; failed once as many were tried as the budget allows. At most `limit` rows a statement; beats are locked
 * first, so a register that commits meanwhile keeps its workspace.
 */
export const expireBoots = statement({
  sql: `
WITH overdue AS (
  SELECT w.id FROM workspaces w, sweep_state s
  WHERE s.grace_until < now() AND ${OVERDUE}
  ORDER BY w.id
  LIMIT :limit::integer
), beats AS (
  SELECT h.workspace_id, h.generation, h.last_heartbeat_at
  FROM heartbeats h JOIN overdue o ON o.id = h.workspace_id
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, b.last_heartbeat_at, ${WAITED_SINCE} AS waited_since,
    CASE WHEN w.restart_policy <> 'never' AND w.ec2_attempts >= :max_attempts::integer
      THEN 'budget_spent' ELSE 'boot_timed_out' END AS event
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  WHERE w.generation = b.generation AND ${OVERDUE}
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  status = (:moves::jsonb -> c.event ->> w.status::text)::workspace_status,
  cause = jsonb_build_object(
    'event', c.event, 'reason', 'boot_timed_out',
    'evidence', jsonb_build_object(
      'boot_timeout_seconds', w.boot_timeout_seconds, 'waited_since', c.waited_since, 'boot_asked_at', w.boot_asked_at,
      'attempts', w.ec2_attempts, 'generation', w.generation, 'instance_id', w.instance_id,
      'last_heartbeat_at', NULLIF(c.last_heartbeat_at, '-infinity')),
    'actor', :actor::text, 'request_id', :request_id::text,
    'owes', CASE WHEN c.event = 'boot_timed_out' AND w.restart_policy <> 'never' THEN 'launch' END)
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, c.event, w.ec2_op AS owes`,
  bind: ({ limit, maxAttempts, actor, requestId }: By & { readonly limit: number; readonly maxAttempts: number }) => ({
    limit,
    max_attempts: maxAttempts,
    actor,
    request_id: requestId,
    moves: JSON.stringify({ boot_timed_out: movesOf('boot_timed_out'), budget_spent: movesOf('budget_spent') }),
  }),
  row: z.object({
    id: z.uuid(),
    event: z.enum(['boot_timed_out', 'budget_spent']),
    owes: z.nullable(z.enum(EC2_OPERATIONS)),
  }),
});
