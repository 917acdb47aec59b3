import * as z from 'zod';
import type { Notice } from '../../../domain/events.ts';
import type { PlanInput } from '../../../domain/reconcile.ts';
import { statement } from '../statement.ts';

/**
 * Stores a plan and gives the lease back, only while the lease, the generation and the declaration are still those that
 * were claimed. The same plan for the same boot keeps its age and whether it was handed over, and gets the new links.
 */
export const storePlan = statement({
  sql: `
WITH held AS (
  UPDATE workspaces w SET reconcile_lease = NULL, reconcile_lease_until = NULL
  WHERE w.id = :workspace_id::uuid AND w.reconcile_lease = :lease::uuid AND w.generation = :generation::integer
    AND :declaration_version::integer
      = COALESCE((SELECT max(d.version) FROM declarations d WHERE d.workspace_id = w.id), 0)
  RETURNING w.id, w.instance_id
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT held.id, :event::text, 'reconcile',
         jsonb_build_object('plan_id', :plan_id::text, 'actions', :actions::jsonb),
         'reconcile', :request_id::text, :generation::integer, held.instance_id
  FROM held
  WHERE :plan_id::text IS DISTINCT FROM :stored_plan_id::text
)
INSERT INTO plans AS p (workspace_id, plan_id, generation, boot_id, declaration_version, actions)
SELECT held.id, :plan_id::text, :generation::integer, :boot_id::text, :declaration_version::integer, :actions::jsonb
FROM held
ON CONFLICT (workspace_id) DO UPDATE SET
  plan_id = EXCLUDED.plan_id, generation = EXCLUDED.generation, boot_id = EXCLUDED.boot_id,
  declaration_version = EXCLUDED.declaration_version, actions = EXCLUDED.actions,
  created_at = CASE WHEN (p.plan_id, p.generation, p.boot_id)
    IS NOT DISTINCT FROM (EXCLUDED.plan_id, EXCLUDED.generation, EXCLUDED.boot_id)
    THEN p.created_at ELSE EXCLUDED.created_at END,
  handed_at = CASE WHEN (p.plan_id, p.generation, p.boot_id)
    IS NOT DISTINCT FROM (EXCLUDED.plan_id, EXCLUDED.generation, EXCLUDED.boot_id)
    THEN p.handed_at END
RETURNING workspace_id AS id`,
  bind: ({ claim, planId, actions, requestId }: PlanInput) => ({
    event: 'plan_made' satisfies Notice,
    workspace_id: claim.workspaceId,
    lease: claim.lease,
    generation: claim.generation,
    boot_id: claim.bootId,
    declaration_version: claim.declarationVersion,
    plan_id: planId,
    stored_plan_id: claim.storedPlanId,
    actions: JSON.stringify(actions),
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
