import * as z from 'zod/mini';
import type { NoteAbsencesInput } from '../../../domain/sweep/absence.ts';
import { statement } from '../statement.ts';

/** Forgets what was counted of an absence, now that EC2 has named the instance; not what a later sweep has counted. */
export const forgetAbsences = statement({
  sql: `
WITH fence AS (
  SELECT 1 FROM sweep_state WHERE fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb)
    AS r(workspace_id uuid, instance_id text, generation integer, asked_at timestamptz), fence
), found AS (
  SELECT w.id FROM workspaces w JOIN input i ON i.workspace_id = w.id
  WHERE w.generation = i.generation AND w.instance_id = i.instance_id AND w.absent_cycle <= :fence::bigint
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET absent_since = NULL, absent_seen = 0, absent_cycle = NULL
FROM found f WHERE w.id = f.id
RETURNING w.id`,
  bind: ({ fence, rows }: NoteAbsencesInput) => ({ fence, rows: JSON.stringify(rows) }),
  row: z.object({ id: z.uuid() }),
});
