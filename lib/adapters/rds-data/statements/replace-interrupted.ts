import * as z from 'zod/mini';
import type { ReplaceInterruptedInput } from '../../../domain/hint.ts';
import { movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

const { online, degraded } = movesOf('restart');

/**
 * Lets the living whose instance EC2 is about to terminate owe their next generation now (at most 1,000 a statement);
 * the old instance is ended once the new one is recorded. Guarded as a flip is; an instance without our registry's tag is
 * not ours to replace.
 */
export const replaceInterrupted = statement({
  sql: `
WITH input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, instance_id text, generation integer, asked_at timestamptz, registry_id text, evidence jsonb)
  JOIN registry_identity ours ON ours.id::text = r.registry_id
), beats AS (
  SELECT h.workspace_id, h.last_heartbeat_at FROM heartbeats h JOIN input i ON i.workspace_id = h.workspace_id
  WHERE h.generation = i.generation
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, i.*, b.last_heartbeat_at
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  WHERE w.generation = i.generation AND w.instance_id = i.instance_id AND w.status_since < i.asked_at
    AND :moves::jsonb ->> w.status::text IS NOT NULL AND w.restart_policy <> 'never'
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  status = (:moves::jsonb ->> w.status::text)::workspace_status,
  cause = jsonb_build_object(
    'event', 'restart', 'reason', 'spot_interruption',
    'evidence', c.evidence || jsonb_build_object(
      'instance_id', c.instance_id, 'asked_at', c.asked_at,
      'last_heartbeat_at', NULLIF(c.last_heartbeat_at, '-infinity')),
    'actor', :actor::text, 'request_id', :request_id::text, 'owes', 'launch')
FROM confirmed c WHERE w.id = c.id
RETURNING w.id`,
  bind: ({ rows, actor, requestId }: ReplaceInterruptedInput) => ({
    rows: JSON.stringify(rows),
    moves: JSON.stringify({ online, degraded }),
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
