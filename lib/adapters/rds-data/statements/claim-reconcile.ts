import * as z from 'zod';
import { installedPlugin } from '../../../domain/plugins.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

const storedPlugin = z.object({ name: z.string(), version: z.string(), source: z.string(), sha256: z.string() });

/**
 * Takes the reconcile lease of a workspace that owes one, and reads what it has to decide on. Answers no row when
 * nothing is owed, the workspace is not live, or another holds the lease; sent twice, it answers the same claim. The
 * request that is claimed is read as old as the reports are: an UPDATE that waited sees a newer one, and would answer it
 * from what was installed before. The next try by the schedule backs off from 30 s to 15 minutes.
 */
export const claimReconcile = statement({
  sql: `
WITH claim AS (
  UPDATE workspaces SET
    reconcile_lease = :lease::uuid,
    reconcile_lease_until = clock_timestamp() + make_interval(secs => :lease_seconds::integer),
    reconcile_attempts = reconcile_attempts + 1,
    reconcile_next_at = clock_timestamp() + make_interval(secs => least(900, 30 * 2 ^ least(reconcile_attempts, 10)))
  WHERE id = :workspace_id::uuid AND status IN ('online', 'degraded') AND reconcile_wanted > reconcile_done
    AND (reconcile_lease_until IS NULL OR reconcile_lease_until < clock_timestamp() OR reconcile_lease = :lease::uuid)
  RETURNING id, reconcile_lease, generation
)
SELECT
  c.id AS "workspaceId", c.reconcile_lease AS lease, w.reconcile_wanted AS claimed, c.generation,
  h.boot_id AS "bootId", h.reports_plugins AS "reportsPlugins",
  COALESCE((SELECT max(d.version) FROM declarations d WHERE d.workspace_id = c.id), 0) AS "declarationVersion",
  (SELECT COALESCE(jsonb_agg(jsonb_build_object(
     'name', d.name, 'version', d.version, 'source', d.source, 'sha256', d.sha256) ORDER BY d.name), '[]')
   FROM declared_plugins d WHERE d.workspace_id = c.id) AS declared,
  (SELECT COALESCE(jsonb_agg(jsonb_build_object('name', i.name, 'version', i.version) ORDER BY i.name), '[]')
   FROM installed_plugins i WHERE i.workspace_id = c.id AND i.generation = c.generation
     AND i.boot_id IS NOT DISTINCT FROM h.boot_id) AS installed,
  p.plan_id AS "storedPlanId", COALESCE(p.handed_at IS NOT NULL, false) AS "storedPlanHanded"
FROM claim c
JOIN workspaces w ON w.id = c.id
JOIN heartbeats h ON h.workspace_id = c.id
LEFT JOIN plans p ON p.workspace_id = c.id AND p.generation = c.generation AND p.boot_id IS NOT DISTINCT FROM h.boot_id`,
  bind: ({ workspaceId, lease, leaseSeconds }: { workspaceId: string; lease: string; leaseSeconds: number }) => ({
    workspace_id: workspaceId,
    lease,
    lease_seconds: leaseSeconds,
  }),
  row: z.object({
    workspaceId: z.uuid(),
    lease: z.uuid(),
    claimed: z.int(),
    generation: z.int(),
    bootId: z.string().nullable(),
    reportsPlugins: z.boolean(),
    declarationVersion: z.int(),
    declared: json(z.array(storedPlugin)),
    installed: json(z.array(installedPlugin.pick({ name: true, version: true }))),
    storedPlanId: z.string().nullable(),
    storedPlanHanded: z.boolean(),
  }),
});
