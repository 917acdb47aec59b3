import { statement } from '../statement.ts';
import { WORKSPACE_COLUMNS, workspaceRow } from './workspace-columns.ts';

/** One workspace as operators see it. */
export const readWorkspace = statement({
  sql: `
SELECT ${WORKSPACE_COLUMNS}
FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
WHERE w.id = :id::uuid`,
  bind: ({ id }: { id: string }) => ({ id }),
  row: workspaceRow,
});
