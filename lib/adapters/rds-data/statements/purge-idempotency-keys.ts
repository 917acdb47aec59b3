import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** Forgets keys whose time is over and which nobody is answering; answers the workspaces that they had stood for. */
export const purgeIdempotencyKeys = statement({
  sql: `
WITH expired AS MATERIALIZED (
  SELECT key FROM idempotency_keys
  WHERE expires_at < now() AND held_until < now()
  ORDER BY expires_at
  LIMIT :limit::integer
  FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency_keys k USING expired e WHERE k.key = e.key
RETURNING k.workspace_id AS id`,
  bind: ({ limit }: { readonly limit: number }) => ({ limit }),
  row: z.object({ id: z.uuid() }),
});
