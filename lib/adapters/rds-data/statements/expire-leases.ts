import * as z from 'zod';
import { EC2_OPERATIONS, movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * Silence: an online workspace whose lease ran out becomes degraded, a degraded one offline after a second full lease.
 * At most 1,000 rows a statement; beats are locked first, so a beat that commits meanwhile keeps its workspace.
 */
export const expireLeases = statement({
  sql: `
WITH silent AS (
  SELECT h.workspace_id
  FROM heartbeats h JOIN workspaces w ON w.id = h.workspace_id, sweep_state s
  WHERE h.lease_until < now() AND s.grace_until < now() AND (
    w.status = 'online' OR w.status = 'degraded'
      AND h.lease_until + make_interval(secs => h.lease_seconds) < now()
      AND w.status_since + make_interval(secs => h.lease_seconds) < now())
  ORDER BY h.workspace_id
  LIMIT :limit::integer
), beats AS (
  SELECT h.workspace_id, h.generation, h.last_heartbeat_at, h.lease_until, h.lease_seconds
  FROM heartbeats h JOIN silent s ON s.workspace_id = h.workspace_id
  WHERE h.lease_until < now()
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, b.last_heartbeat_at, b.lease_until, b.lease_seconds
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  WHERE w.generation = b.generation AND (
    w.status = 'online' OR w.status = 'degraded'
      AND b.lease_until + make_interval(secs => b.lease_seconds) < now()
      AND w.status_since + make_interval(secs => b.lease_seconds) < now())
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
)
UPDATE workspaces w SET
  status = (:moves::jsonb ->> w.status::text)::workspace_status,
  cause = jsonb_build_object(
    'event', 'lease_expired', 'reason', 'lease_expired',
    'evidence', jsonb_build_object(
      'last_heartbeat_at', NULLIF(c.last_heartbeat_at, '-infinity'), 'lease_until', NULLIF(c.lease_until, '-infinity'),
      'lease_seconds', c.lease_seconds),
    'actor', :actor::text, 'request_id', :request_id::text,
    'owes', CASE WHEN w.restart_policy = 'on_silence'
      THEN CASE w.status WHEN 'online' THEN 'reboot' ELSE 'launch' END END)
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, w.status, w.ec2_op AS owes`,
  bind: ({ limit, actor, requestId }: { limit: number; actor: string; requestId: string }) => ({
    limit,
    actor,
    request_id: requestId,
    moves: JSON.stringify(movesOf('lease_expired')),
  }),
  row: z.object({ id: z.uuid(), status: z.enum(['degraded', 'offline']), owes: z.enum(EC2_OPERATIONS).nullable() }),
});
