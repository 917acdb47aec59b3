import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Notes what paces are computed from: the fleet's size, and how many of it beat quickly
 * since they wait for a plan. Who does is what the routine reconcile_hurries says; written out, since PostgreSQL would
 * call the routine for each of a fleet that has restarted.
 */
export const recordLivenessRun = statement({
  sql: `
UPDATE sweep_state SET
  fleet_size = (SELECT count(*) FROM workspaces WHERE status IN ('online', 'degraded')),
  waiting_size = (
    SELECT count(*) FROM workspaces w LEFT JOIN plans p ON p.workspace_id = w.id
    WHERE w.reconcile_wanted > w.reconcile_done AND w.declaration_version > 0 AND w.status IN ('online', 'degraded')
      AND greatest(w.reconcile_since, p.handed_at) > now() - make_interval(secs => :plan_pace_for_seconds::integer))
RETURNING fleet_size AS "fleetSize", waiting_size AS "waitingSize"`,
  bind: ({ planPaceForSeconds }: { planPaceForSeconds: number }) => ({ plan_pace_for_seconds: planPaceForSeconds }),
  row: z.object({ fleetSize: z.int(), waitingSize: z.int() }),
});
