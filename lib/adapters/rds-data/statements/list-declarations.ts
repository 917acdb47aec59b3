import * as z from 'zod/mini';
import { timestamp } from '../columns.ts';
import { statement } from '../statement.ts';

/** One page of the versions of a workspace's declaration, newest first, before a version (null: from the newest). */
export const listDeclarations = statement({
  sql: `
SELECT version, created_at, actor, request_id, forced,
  jsonb_array_length(diff -> 'additive') AS additive, jsonb_array_length(diff -> 'destructive') AS destructive
FROM declarations
WHERE workspace_id = :workspace_id::uuid AND (:before::integer IS NULL OR version < :before::integer)
ORDER BY version DESC
LIMIT :limit::integer`,
  bind: ({ workspaceId, before, limit }: { workspaceId: string; before: number | null; limit: number }) => ({
    workspace_id: workspaceId,
    before,
    limit,
  }),
  row: z.object({
    version: z.int(),
    created_at: timestamp,
    actor: z.string(),
    request_id: z.nullable(z.string()),
    forced: z.boolean(),
    additive: z.int(),
    destructive: z.int(),
  }),
});
