import type { ListWorkspacesInput } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';
import { WORKSPACE_COLUMNS, workspaceRow } from './workspace-columns.ts';

/** One page of workspaces after an id, in the order of their making (uuid v7 ids rise with time). */
export const listWorkspaces = statement({
  sql: `
SELECT ${WORKSPACE_COLUMNS}
FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
WHERE w.id > :after::uuid
  AND (:statuses::jsonb IS NULL
    OR w.status IN (SELECT CAST(s AS workspace_status) FROM jsonb_array_elements_text(:statuses::jsonb) AS s))
  AND (:runtime::text IS NULL OR w.runtime = :runtime::text)
  AND (:labels::jsonb IS NULL OR w.labels @> :labels::jsonb)
  AND (:stale_seconds::integer IS NULL
    OR h.last_heartbeat_at <= now() - make_interval(secs => :stale_seconds::integer))
ORDER BY w.id
LIMIT :limit::integer`,
  bind: ({ after, limit, statuses, runtime, labels, staleSeconds }: ListWorkspacesInput) => ({
    after,
    limit,
    statuses: statuses === null ? null : JSON.stringify(statuses),
    runtime,
    labels: labels === null ? null : JSON.stringify(labels),
    stale_seconds: staleSeconds,
  }),
  row: workspaceRow,
});
