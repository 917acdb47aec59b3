import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { CompletionInput } from '../../../domain/reconcile.ts';
import { statement } from '../statement.ts';

/**
 * All is there: answers the claimed request, while the lease, the generation and the declaration are still the claimed
 * ones, and gives the lease back. `owed`: something else is asked since. The event tells what the way there took.
 */
export const completeReconcile = statement({
  sql: `
WITH held AS (
  SELECT w.id, w.instance_id, w.reconcile_because, w.reconcile_since, w.reconcile_attempts, p.created_at AS planned_at, p.handed_at
  FROM workspaces w LEFT JOIN plans p ON p.workspace_id = w.id
  WHERE w.id = :workspace_id::uuid AND w.reconcile_lease = :lease::uuid AND w.generation = :generation::integer
    AND w.declaration_version = :declaration_version::integer
  FOR NO KEY UPDATE OF w
), answered AS (
  UPDATE workspaces w SET
    reconcile_done = greatest(w.reconcile_done, :claimed::bigint),
    reconcile_attempts = 0, reconcile_lease = NULL, reconcile_lease_until = NULL,
    reconcile_next_at = CASE WHEN w.reconcile_wanted > :claimed::bigint THEN clock_timestamp() END,
    reconcile_since = CASE WHEN w.reconcile_wanted > :claimed::bigint THEN w.reconcile_since END,
    reconcile_because = CASE WHEN w.reconcile_wanted > :claimed::bigint THEN w.reconcile_because END,
    updated_at = clock_timestamp()
  FROM held WHERE w.id = held.id
  RETURNING w.id, w.reconcile_wanted > w.reconcile_done AS owed
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT held.id, :event::text, 'reconcile',
    :evidence::jsonb || jsonb_strip_nulls(jsonb_build_object(
      'because', held.reconcile_because, 'tries', held.reconcile_attempts,
      'seconds', round(extract(epoch FROM clock_timestamp() - held.reconcile_since), 3),
      'planned_at', held.planned_at, 'handed_at', held.handed_at)),
    'reconcile', :request_id::text, :generation::integer, held.instance_id
  FROM held
), dropped AS (
  DELETE FROM plans p USING held WHERE p.workspace_id = held.id
)
SELECT id, owed FROM answered`,
  bind: ({ claim, evidence, requestId }: CompletionInput) => ({
    event: 'reconciled' satisfies Notice,
    workspace_id: claim.workspaceId,
    lease: claim.lease,
    claimed: claim.claimed,
    generation: claim.generation,
    declaration_version: claim.declarationVersion,
    evidence: JSON.stringify(evidence),
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid(), owed: z.boolean() }),
});
