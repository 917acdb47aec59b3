import { statement } from '../statement.ts';
import { CANDIDATE_COLUMNS, candidateRow } from './read-candidates.ts';

/** The workspaces that believe in these instances: how hints find whom they may concern. */
export const findCandidates = statement({
  sql: `
SELECT ${CANDIDATE_COLUMNS}
FROM workspaces w
WHERE instance_id IN (SELECT jsonb_array_elements_text(:instance_ids::jsonb))
ORDER BY id`,
  bind: ({ instanceIds }: { instanceIds: readonly string[] }) => ({ instance_ids: JSON.stringify(instanceIds) }),
  row: candidateRow,
});
