import { statement } from '../statement.ts';
import { candidateRow } from './read-candidates.ts';

/** The workspace that believes in one instance: how a hint finds whom it may concern. */
export const findCandidate = statement({
  sql: `
SELECT id AS "workspaceId", instance_id AS "instanceId", generation, status,
  stopped_by IS NOT DISTINCT FROM 'user' AS held, now()::text AS "askedAt"
FROM workspaces
WHERE instance_id = :instance_id::text`,
  bind: ({ instanceId }: { instanceId: string }) => ({ instance_id: instanceId }),
  row: candidateRow,
});
