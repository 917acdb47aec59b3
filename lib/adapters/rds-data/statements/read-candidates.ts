import * as z from 'zod';
import { STATUSES } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

export const candidateRow = z.object({
  workspaceId: z.uuid(),
  instanceId: z.string(),
  generation: z.int(),
  status: z.enum(STATUSES),
  held: z.boolean(),
  /** PostgreSQL's text of now() when these rows were read, microseconds kept: the flip compares with it. */
  askedAt: z.string(),
});

/** The next page, by id, of workspaces that believe in an instance. */
export const readCandidates = statement({
  sql: `
SELECT id AS "workspaceId", instance_id AS "instanceId", generation, status,
  stopped_by IS NOT DISTINCT FROM 'user' AS held, now()::text AS "askedAt"
FROM workspaces
WHERE instance_id IS NOT NULL AND id > :after::uuid
ORDER BY id
LIMIT :limit::integer`,
  bind: ({ after, limit }: { after: string; limit: number }) => ({ after, limit }),
  row: candidateRow,
});
