import * as z from 'zod/mini';
import type { ReissueInput } from '../../../domain/command.ts';
import type { Notice } from '../../../domain/events.ts';
import { STATUSES } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * Ends every token of a workspace by raising its token_version, and opens the bootstrap token. From now on only a process
 * that has new tokens can beat, so the first beat closes it, however old the process. Answers no row for an id that is
 * unknown, and no version for a removed workspace, which gets none. Sent twice in one request, it raises once.
 */
export const reissueToken = statement({
  sql: `
WITH beats AS (
  SELECT workspace_id, token_version FROM heartbeats WHERE workspace_id = :workspace_id::uuid
  FOR NO KEY UPDATE
), found AS (
  SELECT w.id, w.status, w.generation, w.instance_id, w.boot_timeout_seconds, b.token_version
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  FOR NO KEY UPDATE OF w
), due AS (
  SELECT f.* FROM found f
  WHERE f.status <> 'removed' AND NOT EXISTS (
    SELECT 1 FROM workspace_events e
    WHERE e.workspace_id = f.id AND e.event = :event::text AND e.request_id = :request_id::text)
), raised AS (
  UPDATE heartbeats h SET
    token_version = h.token_version + 1,
    bootstrap_open = true, bootstrap_opened_at = 'epoch',
    bootstrap_until = clock_timestamp() + make_interval(secs => 2 * d.boot_timeout_seconds)
  FROM due d WHERE h.workspace_id = d.id
  RETURNING h.workspace_id, h.token_version
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT d.id, :event::text, 'reissue_token', jsonb_build_object('token_version', r.token_version),
         :actor::text, :request_id::text, d.generation, d.instance_id
  FROM due d JOIN raised r ON r.workspace_id = d.id
)
SELECT f.id, f.status, f.generation,
  CASE WHEN f.status <> 'removed' THEN COALESCE(r.token_version, f.token_version) END AS token_version
FROM found f LEFT JOIN raised r ON r.workspace_id = f.id`,
  bind: ({ workspaceId, actor, requestId }: ReissueInput) => ({
    workspace_id: workspaceId,
    event: 'token_reissued' satisfies Notice,
    actor,
    request_id: requestId,
  }),
  row: z.object({
    id: z.uuid(),
    status: z.enum(STATUSES),
    generation: z.int(),
    token_version: z.nullable(z.int()),
  }),
});
