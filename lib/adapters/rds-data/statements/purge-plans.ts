import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Forgets plans of 30 days ago that nobody will carry out: of another generation or boot than the present one, or of a
 * workspace that is removed. One that is stored meanwhile is new, and stays.
 */
export const purgePlans = statement({
  sql: `
WITH superseded AS MATERIALIZED (
  SELECT p.workspace_id
  FROM plans p JOIN workspaces w ON w.id = p.workspace_id JOIN heartbeats h ON h.workspace_id = p.workspace_id
  WHERE p.created_at < now() - interval '30 days'
    AND (w.status = 'removed' OR p.generation <> w.generation OR p.boot_id IS DISTINCT FROM h.boot_id)
  ORDER BY p.workspace_id
  LIMIT :limit::integer
  FOR UPDATE OF p SKIP LOCKED
)
DELETE FROM plans p USING superseded s WHERE p.workspace_id = s.workspace_id
RETURNING p.workspace_id AS id`,
  bind: ({ limit }: { readonly limit: number }) => ({ limit }),
  row: z.object({ id: z.uuid() }),
});
