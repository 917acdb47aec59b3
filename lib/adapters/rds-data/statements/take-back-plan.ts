import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** A plan that a heartbeat was to carry, and did not: it counts as not handed over. */
export const takeBackPlan = statement({
  sql: `
UPDATE plans SET handed_at = NULL
WHERE workspace_id = :workspace_id::uuid AND plan_id = :plan_id::text
RETURNING workspace_id AS id`,
  bind: ({ workspaceId, planId }: { workspaceId: string; planId: string }) => ({
    workspace_id: workspaceId,
    plan_id: planId,
  }),
  row: z.object({ id: z.uuid() }),
});
