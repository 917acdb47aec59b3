import * as z from 'zod/mini';
import { EC2_OPERATIONS } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

type ImpairedInput = { readonly limit: number; readonly impaired: readonly string[] };

const IS_OWED = `w.status IN ('degraded', 'offline') AND w.status_reason = 'lease_expired' AND w.ec2_op IS NULL
    AND w.restart_policy <> 'never' AND w.stopped_by IS DISTINCT FROM 'user'`;

/**
 * EC2 may find out that a system is impaired only after its workspace's lease has run out: what is silent, and for which
 * nothing is owed, comes to owe a power cycle then, or a launch where the instance cannot be stopped. The status is no
 * other for it. Beats are locked first, as for any flip because of silence.
 */
export const oweImpaired = statement({
  sql: `
WITH impaired AS (
  SELECT jsonb_array_elements_text(:impaired::jsonb) AS instance_id
), found AS (
  SELECT w.id FROM workspaces w JOIN impaired i ON i.instance_id = w.instance_id, sweep_state s
  WHERE s.grace_until < now() AND ${IS_OWED}
  ORDER BY w.id
  LIMIT :limit::integer
), beats AS (
  SELECT h.workspace_id, h.generation
  FROM heartbeats h JOIN found f ON f.id = h.workspace_id
  WHERE h.lease_until < now()
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, CASE WHEN w.stoppable THEN 'start' ELSE 'launch' END::ec2_operation AS owes
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN impaired i ON i.instance_id = w.instance_id
  WHERE w.generation = b.generation AND ${IS_OWED}
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  ec2_op = c.owes,
  power_cycle = c.owes = 'start',
  ec2_op_asked_at = NULL,
  ec2_next_at = greatest(clock_timestamp() + ec2_backoff(w.ec2_attempts), w.ec2_settles_at),
  updated_at = clock_timestamp()
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, w.ec2_op AS owes`,
  bind: ({ limit, impaired }: ImpairedInput) => ({ limit, impaired: JSON.stringify(impaired) }),
  row: z.object({ id: z.uuid(), owes: z.enum(EC2_OPERATIONS) }),
});
