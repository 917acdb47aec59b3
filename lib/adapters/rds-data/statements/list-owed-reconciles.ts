import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** Live workspaces that owe a reconcile whose time has come: what lost invokes and crashes left behind. */
export const listOwedReconciles = statement({
  sql: `
SELECT id FROM workspaces
WHERE reconcile_wanted > reconcile_done AND status IN ('online', 'degraded')
  AND (reconcile_next_at IS NULL OR reconcile_next_at <= clock_timestamp())
  AND (reconcile_lease_until IS NULL OR reconcile_lease_until < clock_timestamp())
ORDER BY reconcile_next_at NULLS FIRST, id
LIMIT :limit::integer`,
  bind: ({ limit }: { limit: number }) => ({ limit }),
  row: z.object({ id: z.uuid() }),
});
