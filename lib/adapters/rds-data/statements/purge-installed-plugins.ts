import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Forgets what was installed on workspaces that were removed 30 days ago, which is final; their history still tells of
 * it. Of every other workspace it is what the next report is held against.
 */
export const purgeInstalledPlugins = statement({
  sql: `
WITH old AS MATERIALIZED (
  SELECT i.workspace_id, i.name
  FROM installed_plugins i JOIN workspaces w ON w.id = i.workspace_id
  WHERE w.status = 'removed' AND w.status_since < now() - interval '30 days'
  ORDER BY i.workspace_id, i.name
  LIMIT :limit::integer
  FOR UPDATE OF i SKIP LOCKED
)
DELETE FROM installed_plugins i USING old o WHERE i.workspace_id = o.workspace_id AND i.name = o.name
RETURNING i.workspace_id AS id`,
  bind: ({ limit }: { readonly limit: number }) => ({ limit }),
  row: z.object({ id: z.uuid() }),
});
