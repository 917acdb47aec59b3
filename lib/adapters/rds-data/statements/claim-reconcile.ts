import * as z from 'zod/mini';
import { reportedPlugin, wantedPlugin } from '../../../domain/plan.ts';
import type { ClaimedReconcile } from '../../../domain/reconcile.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

const header = z.object({
  workspaceId: z.uuid(),
  lease: z.uuid(),
  claimed: z.int(),
  because: z.nullable(z.string()),
  generation: z.int(),
  bootId: z.nullable(z.string()),
  reportsPlugins: z.boolean(),
  declarationVersion: z.int(),
  storedPlanId: z.nullable(z.string()),
  storedPlanHanded: z.boolean(),
  storedNames: z.nullable(z.array(z.string())),
});

/**
 * Takes the reconcile lease of a workspace that owes one, and reads what it has to decide on: a row for each plugin that
 * is declared or reported, the claim itself with the first of them. Answers no row when nothing is owed, the workspace is
 * not live, or another holds the lease; sent twice, it answers the same claim. The request that is claimed is read as old
 * as the reports are: an UPDATE that waited sees a newer one, and would answer it from what was installed before. The next
 * try by the schedule backs off from 30 s to 15 minutes.
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
), found AS (
  SELECT c.id, h.boot_id, c.generation, jsonb_build_object(
    'workspaceId', c.id, 'lease', c.reconcile_lease, 'claimed', w.reconcile_wanted, 'because', w.reconcile_because,
    'generation', c.generation, 'bootId', h.boot_id, 'reportsPlugins', h.reports_plugins,
    'declarationVersion', w.declaration_version,
    'storedPlanId', p.plan_id,
    'storedNames', CASE WHEN p.declaration_version = w.declaration_version
      THEN jsonb_path_query_array(p.actions, '$[*].name') END,
    'storedPlanHanded', COALESCE(
      p.declaration_version = w.declaration_version AND h.last_heartbeat_at > p.handed_at, false)) AS claim
  FROM claim c
  JOIN workspaces w ON w.id = c.id
  JOIN heartbeats h ON h.workspace_id = c.id
  LEFT JOIN plans p
    ON p.workspace_id = c.id AND p.generation = c.generation AND p.boot_id IS NOT DISTINCT FROM h.boot_id
), plugins AS (
  SELECT COALESCE(d.name, i.name) AS name, d.plugin AS declared, i.plugin AS installed
  FROM (
    SELECT d.name, jsonb_build_object('name', d.name, 'version', d.version, 'source', d.source, 'sha256', d.sha256,
      'config', d.config, 'config_digest', d.config_digest, 'revision', d.revision) AS plugin
    FROM declared_plugins d JOIN found f ON f.id = d.workspace_id
  ) d FULL JOIN (
    SELECT i.name, jsonb_build_object('name', i.name, 'version', i.version, 'sha256', i.sha256,
      'config_digest', i.config_digest) AS plugin
    FROM installed_plugins i JOIN found f
      ON f.id = i.workspace_id AND f.generation = i.generation AND f.boot_id IS NOT DISTINCT FROM i.boot_id
  ) i ON i.name = d.name
)
SELECT CASE WHEN row_number() OVER (ORDER BY p.name) = 1 THEN f.claim END AS claim, p.declared, p.installed
FROM found f LEFT JOIN plugins p ON true
ORDER BY p.name`,
  bind: ({ workspaceId, lease, leaseSeconds }: { workspaceId: string; lease: string; leaseSeconds: number }) => ({
    workspace_id: workspaceId,
    lease,
    lease_seconds: leaseSeconds,
  }),
  row: z.object({
    claim: z.nullable(json(header)),
    declared: z.nullable(json(wantedPlugin)),
    installed: z.nullable(json(reportedPlugin)),
  }),
});

type Row = z.infer<typeof claimReconcile.row>;

/** The claim that the rows of {@link claimReconcile} are; undefined where there are none. */
export function claimOf(rows: readonly Row[]): ClaimedReconcile | undefined {
  const claim = rows[0]?.claim;
  if (!claim) return undefined;
  return {
    ...claim,
    declared: rows.flatMap((row) => row.declared ?? []),
    installed: rows.flatMap((row) => row.installed ?? []),
  };
}
