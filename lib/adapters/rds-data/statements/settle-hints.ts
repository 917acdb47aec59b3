import * as z from 'zod/mini';
import type { SettleHintsInput } from '../../../domain/hint.ts';
import { statement } from '../statement.ts';

/** Forgets the hints that are answered. One that has come since it was taken stays: the answer is older than it. */
export const settleHints = statement({
  sql: `
WITH answered AS (
  SELECT h.instance_id
  FROM hints h JOIN jsonb_to_recordset(:rows::jsonb) AS r(instance_id text, hinted_at timestamptz)
    ON r.instance_id = h.instance_id
  WHERE h.hinted_at = r.hinted_at
  ORDER BY h.instance_id
  FOR UPDATE OF h
)
DELETE FROM hints h USING answered a WHERE h.instance_id = a.instance_id`,
  bind: ({ rows }: SettleHintsInput) => ({ rows: JSON.stringify(rows) }),
  row: z.never(),
});
