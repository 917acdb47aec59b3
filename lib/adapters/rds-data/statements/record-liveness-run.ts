import * as z from 'zod';
import { statement } from '../statement.ts';

/** Notes that a run has succeeded, and the fleet's size, from which the pace of all heartbeats is computed. */
export const recordLivenessRun = statement({
  sql: `
UPDATE sweep_state SET liveness_at = clock_timestamp(),
  fleet_size = (SELECT count(*) FROM workspaces WHERE status IN ('online', 'degraded'))
RETURNING fleet_size AS "fleetSize"`,
  bind: () => ({}),
  row: z.object({ fleetSize: z.int() }),
});
