import * as z from 'zod/mini';
import { STATUSES } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

export const candidateRow = z.object({
  workspaceId: z.uuid(),
  instanceId: z.string(),
  generation: z.int(),
  status: z.enum(STATUSES),
  zone: z.nullable(z.string()),
  held: z.boolean(),
  settling: z.boolean(),
  silenced: z.boolean(),
  owing: z.boolean(),
  mended: z.boolean(),
  missing: z.boolean(),
  /** PostgreSQL's text of now() when these rows were read, microseconds kept: the flip compares with it. */
  askedAt: z.string(),
});

/** What {@link candidateRow} reads, of a row `w` of workspaces. */
export const CANDIDATE_COLUMNS = `w.id AS "workspaceId", w.instance_id AS "instanceId", w.generation, w.status,
  w.availability_zone AS zone, w.stopped_by IS NOT DISTINCT FROM 'user' AS held,
  w.ec2_settles_at >= now() AS settling,
  w.status_reason = 'lease_expired' AS silenced,
  w.ec2_op IS NOT NULL AS owing, w.restart_policy <> 'never' AS mended, w.absent_seen > 0 AS missing,
  now()::text AS "askedAt"`;

/** The next page, by id, of workspaces that believe in an instance. */
export const readCandidates = statement({
  sql: `
SELECT ${CANDIDATE_COLUMNS}
FROM workspaces w
WHERE instance_id IS NOT NULL AND id > :after::uuid
ORDER BY id
LIMIT :limit::integer`,
  bind: ({ after, limit }: { after: string; limit: number }) => ({ after, limit }),
  row: candidateRow,
});
