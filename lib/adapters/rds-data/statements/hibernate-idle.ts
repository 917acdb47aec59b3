import * as z from 'zod/mini';
import { EC2_OPERATIONS, movesOf } from '../../../domain/status.ts';
import type { By } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/**
 * Workspaces that still beat, but whose tasks have rested as long as they say (`idle_minutes`) hibernate, owing a stop
 * where the instance is ours. Idleness begins no sooner than the present status. At most `limit` rows a statement; beats
 * are locked first, so one with a task that commits meanwhile keeps its workspace awake.
 */
export const hibernateIdle = statement({
  sql: `
WITH idle AS (
  SELECT w.id
  FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id, sweep_state s
  WHERE s.grace_until < now() AND :moves::jsonb ->> w.status::text IS NOT NULL
    AND h.active_tasks = 0 AND h.lease_until > now() AND w.idle_minutes IS NOT NULL
    AND greatest(h.busy_at, w.status_since) + make_interval(mins => w.idle_minutes) < now()
  ORDER BY w.id
  LIMIT :limit::integer
), beats AS (
  SELECT h.workspace_id, h.generation, h.busy_at
  FROM heartbeats h JOIN idle i ON i.id = h.workspace_id
  WHERE h.active_tasks = 0 AND h.lease_until > now()
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, b.busy_at
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  WHERE w.generation = b.generation AND :moves::jsonb ->> w.status::text IS NOT NULL
    AND greatest(b.busy_at, w.status_since) + make_interval(mins => w.idle_minutes) < now()
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  status = (:moves::jsonb ->> w.status::text)::workspace_status,
  cause = jsonb_build_object(
    'event', 'hibernate', 'reason', 'idle',
    'evidence', jsonb_build_object(
      'idle_minutes', w.idle_minutes, 'busy_at', NULLIF(c.busy_at, '-infinity'), 'status_since', w.status_since),
    'actor', :actor::text, 'request_id', :request_id::text,
    'owes', CASE WHEN w.launch IS NOT NULL THEN 'stop' END),
  ec2_attempts = 0
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, w.ec2_op AS owes`,
  bind: ({ limit, actor, requestId }: By & { readonly limit: number }) => ({
    limit,
    actor,
    request_id: requestId,
    moves: JSON.stringify(movesOf('hibernate')),
  }),
  row: z.object({ id: z.uuid(), owes: z.nullable(z.enum(EC2_OPERATIONS)) }),
});
