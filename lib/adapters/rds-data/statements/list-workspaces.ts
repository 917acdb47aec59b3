import { statement } from '../statement.ts';
import { WORKSPACE_COLUMNS, workspaceRow } from './workspace-columns.ts';

/** One page of workspaces after an id, in the order of their making (uuid v7 ids rise with time). */
export const listWorkspaces = statement({
  sql: `
SELECT ${WORKSPACE_COLUMNS}
FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
WHERE w.id > :after::uuid
ORDER BY w.id
LIMIT :limit::integer`,
  bind: ({ after, limit }: { after: string; limit: number }) => ({ after, limit }),
  row: workspaceRow,
});
