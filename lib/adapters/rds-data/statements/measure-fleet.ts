import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Answers how the fleet stands and what waits, each column named for its metric. Every part is read from an index that
 * has only what it counts; writes nothing.
 */
export const measureFleet = statement({
  sql: `
SELECT fleet.*, lag.*, ec2.*,
  extract(epoch FROM now() - COALESCE(s.swept_at, r.created_at))::double precision AS "SweepAge",
  s.backlog AS "SweepBacklog", s.held AS "AbsencesHeld",
  (SELECT count(*)::integer FROM hints) AS "HintsWaiting"
FROM sweep_state s CROSS JOIN registry_identity r CROSS JOIN (
  SELECT
    COALESCE(max(count) FILTER (WHERE status = 'provisioning'), 0) AS "FleetProvisioning",
    COALESCE(max(count) FILTER (WHERE status = 'online'), 0) AS "FleetOnline",
    COALESCE(max(count) FILTER (WHERE status = 'degraded'), 0) AS "FleetDegraded",
    COALESCE(max(count) FILTER (WHERE status = 'offline'), 0) AS "FleetOffline",
    COALESCE(max(count) FILTER (WHERE status = 'paused'), 0) AS "FleetPaused",
    COALESCE(max(count) FILTER (WHERE status = 'hibernated'), 0) AS "FleetHibernated",
    COALESCE(max(count) FILTER (WHERE status = 'failed'), 0) AS "FleetFailed"
  FROM (SELECT status, count(*)::integer FROM workspaces WHERE status <> 'removed' GROUP BY status) AS each_status
) AS fleet CROSS JOIN (
  SELECT count(*)::integer AS "ReconcilesOwed",
    COALESCE(extract(epoch FROM now() - min(reconcile_since)), 0)::double precision AS "ReconcileLag"
  FROM workspaces WHERE reconcile_wanted > reconcile_done AND status IN ('online', 'degraded')
) AS lag CROSS JOIN (
  SELECT count(*)::integer AS "OperationsOwed",
    COALESCE(greatest(0, extract(epoch FROM now() - min(ec2_next_at))), 0)::double precision AS "OperationLag"
  FROM workspaces WHERE ec2_op IS NOT NULL
) AS ec2`,
  bind: (_: Record<string, never>) => ({}),
  row: z.object({
    FleetProvisioning: z.int(),
    FleetOnline: z.int(),
    FleetDegraded: z.int(),
    FleetOffline: z.int(),
    FleetPaused: z.int(),
    FleetHibernated: z.int(),
    FleetFailed: z.int(),
    SweepAge: z.number(),
    SweepBacklog: z.int(),
    AbsencesHeld: z.int(),
    ReconcilesOwed: z.int(),
    ReconcileLag: z.number(),
    OperationsOwed: z.int(),
    OperationLag: z.number(),
    HintsWaiting: z.int(),
  }),
});
