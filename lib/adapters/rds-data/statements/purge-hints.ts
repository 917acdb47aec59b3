import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** Forgets hints of a day ago, which EC2 was never asked about: the sweep has long seen what they told of. */
export const purgeHints = statement({
  sql: `
WITH old AS MATERIALIZED (
  SELECT instance_id FROM hints
  WHERE hinted_at < now() - interval '1 day'
  ORDER BY instance_id
  LIMIT :limit::integer
  FOR UPDATE SKIP LOCKED
)
DELETE FROM hints h USING old o WHERE h.instance_id = o.instance_id
RETURNING h.instance_id AS id`,
  bind: ({ limit }: { readonly limit: number }) => ({ limit }),
  row: z.object({ id: z.string() }),
});
