import * as z from 'zod/mini';
import { STATUSES } from '../../../domain/status.ts';
import { json, timestamp } from '../columns.ts';
import { statement } from '../statement.ts';

/** One page of a workspace's events, newest first, before an event id (null: from the newest). */
export const listEvents = statement({
  sql: `
SELECT id, event, at, from_status, to_status, reason, evidence, owes, actor, request_id, generation, instance_id
FROM workspace_events
WHERE workspace_id = :workspace_id::uuid AND (:before::bigint IS NULL OR id < :before::bigint)
ORDER BY id DESC
LIMIT :limit::integer`,
  bind: ({ workspaceId, before, limit }: { workspaceId: string; before: number | null; limit: number }) => ({
    workspace_id: workspaceId,
    before,
    limit,
  }),
  row: z.object({
    id: z.int(),
    event: z.string(),
    at: timestamp,
    from_status: z.nullable(z.enum(STATUSES)),
    to_status: z.nullable(z.enum(STATUSES)),
    reason: z.nullable(z.string()),
    evidence: json(z.record(z.string(), z.unknown())),
    owes: z.nullable(z.string()),
    actor: z.string(),
    request_id: z.nullable(z.string()),
    generation: z.int(),
    instance_id: z.nullable(z.string()),
  }),
});
