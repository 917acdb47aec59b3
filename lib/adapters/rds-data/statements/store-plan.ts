import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { PlanInput } from '../../../domain/reconcile.ts';
import { statement } from '../statement.ts';

/**
 * Stores a plan and gives the lease back, only while the lease, the generation and the declaration are still those that
 * were claimed. The same plan for the same boot keeps its age and whether it was handed over, and tells no event; a new
 * one tells what has drifted too. `owed`: something else is asked since.
 */
export const storePlan = statement({
  sql: `
WITH held AS (
  UPDATE workspaces w SET reconcile_lease = NULL, reconcile_lease_until = NULL
  WHERE w.id = :workspace_id::uuid AND w.reconcile_lease = :lease::uuid AND w.generation = :generation::integer
    AND w.declaration_version = :declaration_version::integer
  RETURNING w.id, w.instance_id, w.reconcile_because, w.reconcile_since, w.reconcile_attempts,
    w.reconcile_wanted > :claimed::bigint AS owed
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT held.id, news.event, COALESCE(held.reconcile_because, 'reconcile'), news.evidence, 'reconcile',
         :request_id::text, :generation::integer, held.instance_id
  FROM held CROSS JOIN LATERAL (
    SELECT d.ordinal, :drifted::text AS event, d.evidence
    FROM jsonb_array_elements(:drift::jsonb) WITH ORDINALITY AS d(evidence, ordinal)
    UNION ALL
    SELECT 1 + jsonb_array_length(:drift::jsonb), :planned::text, :evidence::jsonb || jsonb_build_object(
      'plan_id', :plan_id::text, 'tries', held.reconcile_attempts,
      'seconds', round(extract(epoch FROM clock_timestamp() - held.reconcile_since), 3))
  ) AS news
  WHERE NOT EXISTS (SELECT 1 FROM plans p WHERE p.workspace_id = held.id AND p.plan_id = :plan_id::text
    AND p.generation = :generation::integer AND p.boot_id IS NOT DISTINCT FROM :boot_id::text)
  ORDER BY news.ordinal
), stored AS (
  INSERT INTO plans AS p (workspace_id, plan_id, generation, boot_id, declaration_version, actions)
  SELECT held.id, :plan_id::text, :generation::integer, :boot_id::text, :declaration_version::integer, :actions::jsonb
  FROM held
  ON CONFLICT (workspace_id) DO UPDATE SET
    plan_id = EXCLUDED.plan_id, generation = EXCLUDED.generation, boot_id = EXCLUDED.boot_id,
    declaration_version = EXCLUDED.declaration_version, actions = EXCLUDED.actions,
    created_at = CASE WHEN (p.plan_id, p.generation, p.boot_id)
      IS NOT DISTINCT FROM (EXCLUDED.plan_id, EXCLUDED.generation, EXCLUDED.boot_id)
      THEN p.created_at ELSE EXCLUDED.created_at END,
    handed_at = CASE WHEN (p.plan_id, p.generation, p.boot_id, p.declaration_version)
      IS NOT DISTINCT FROM (EXCLUDED.plan_id, EXCLUDED.generation, EXCLUDED.boot_id,
        EXCLUDED.declaration_version)
      THEN p.handed_at END
)
SELECT id, owed FROM held`,
  bind: ({ claim, plan, evidence, drift, requestId }: PlanInput) => ({
    planned: 'plan_made' satisfies Notice,
    drifted: 'plugin_drifted' satisfies Notice,
    workspace_id: claim.workspaceId,
    lease: claim.lease,
    claimed: claim.claimed,
    generation: claim.generation,
    boot_id: claim.bootId,
    declaration_version: claim.declarationVersion,
    plan_id: plan.planId,
    actions: JSON.stringify(plan.actions),
    evidence: JSON.stringify(evidence),
    drift: JSON.stringify(drift),
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid(), owed: z.boolean() }),
});
