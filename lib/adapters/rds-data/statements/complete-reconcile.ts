import * as z from 'zod';
import type { Notice } from '../../../domain/events.ts';
import type { CompletionInput } from '../../../domain/reconcile.ts';
import { statement } from '../statement.ts';

/** All is there: answers the claimed request, while the lease, the generation and the declaration are still the claimed ones. */
export const completeReconcile = statement({
  sql: `
WITH held AS (
  UPDATE workspaces w SET
    reconcile_done = greatest(w.reconcile_done, :claimed::bigint),
    reconcile_attempts = 0, reconcile_lease = NULL, reconcile_lease_until = NULL,
    reconcile_next_at = CASE WHEN w.reconcile_wanted > :claimed::bigint THEN clock_timestamp() END,
    updated_at = clock_timestamp()
  WHERE w.id = :workspace_id::uuid AND w.reconcile_lease = :lease::uuid AND w.generation = :generation::integer
    AND :declaration_version::integer
      = COALESCE((SELECT max(d.version) FROM declarations d WHERE d.workspace_id = w.id), 0)
  RETURNING w.id, w.instance_id
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT held.id, :event::text, 'reconcile', :evidence::jsonb, 'reconcile', :request_id::text, :generation::integer,
         held.instance_id
  FROM held
), dropped AS (
  DELETE FROM plans p USING held WHERE p.workspace_id = held.id
)
SELECT id FROM held`,
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
  row: z.object({ id: z.uuid() }),
});
