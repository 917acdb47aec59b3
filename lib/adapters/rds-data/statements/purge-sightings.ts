import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/**
 * Forgets orphans that no run has seen for a day. One that EC2 was asked to end stays until a run has told what became
 * of it.
 */
export const purgeSightings = statement({
  sql: `
WITH unseen AS MATERIALIZED (
  SELECT instance_id FROM orphan_sightings
  WHERE last_seen_at < now() - interval '1 day' AND asked_at IS NULL
  ORDER BY instance_id
  LIMIT :limit::integer
  FOR UPDATE SKIP LOCKED
)
DELETE FROM orphan_sightings s USING unseen u WHERE s.instance_id = u.instance_id
RETURNING s.instance_id AS id`,
  bind: ({ limit }: { readonly limit: number }) => ({ limit }),
  row: z.object({ id: z.string() }),
});
