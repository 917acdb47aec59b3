import * as z from 'zod/mini';
import type { SpendBudgetInput } from '../../../domain/operation.ts';
import { movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * A workspace that was launched, started or rebooted too often in a row fails, and stays so until an operator or a late
 * register. Answers the rows that failed; where the status table knows no failure (degraded), nothing is written.
 */
export const spendBudget = statement({
  sql: `
WITH input AS (
  SELECT * FROM jsonb_to_recordset(:rows::jsonb)
    AS r(workspace_id uuid, generation integer, operation ec2_operation, instance_id text)
), held AS (
  SELECT w.id, i.operation FROM workspaces w JOIN input i ON i.workspace_id = w.id
  WHERE w.ec2_lease = :lease::uuid AND w.generation = i.generation AND w.ec2_op = i.operation
    AND w.instance_id IS NOT DISTINCT FROM i.instance_id AND :moves::jsonb ->> w.status::text IS NOT NULL
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  status = (:moves::jsonb ->> w.status::text)::workspace_status,
  cause = jsonb_build_object(
    'event', 'budget_spent', 'reason', 'budget_spent',
    'evidence', jsonb_build_object('attempts', w.ec2_attempts, 'owed', held.operation, 'status', w.status),
    'actor', :actor::text, 'request_id', :request_id::text),
  ec2_lease = NULL, ec2_lease_until = NULL
FROM held WHERE w.id = held.id
RETURNING w.id`,
  bind: ({ lease, rows, actor, requestId }: SpendBudgetInput) => ({
    lease,
    rows: JSON.stringify(rows),
    moves: JSON.stringify(movesOf('budget_spent')),
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
