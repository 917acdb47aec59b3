import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import { movesOf } from '../../../domain/status.ts';
import type { FlipAbsentInput } from '../../../domain/sweep/absence.ts';
import { statement } from '../statement.ts';

/**
 * Ends workspaces whose instance was proved absent (at most 1,000 a statement). The WHERE clauses ask the whole proof of
 * the locked rows again: counted by this very sweep, long enough, no beat since, lease and grace over. One that silence
 * took offline before loses its instance without a status change, and owes its launch now. Lock order: the fence,
 * heartbeats, workspaces; ids ascending.
 */
export const flipAbsent = statement({
  sql: `
WITH fence AS (
  SELECT grace_until FROM sweep_state WHERE fence = :fence::bigint FOR SHARE
), input AS (
  SELECT r.* FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, instance_id text, generation integer, asked_at timestamptz, evidence jsonb
  ), fence WHERE fence.grace_until <= clock_timestamp()
), beats AS (
  SELECT h.workspace_id, h.last_heartbeat_at, h.lease_until
  FROM heartbeats h JOIN input i ON i.workspace_id = h.workspace_id
  WHERE h.generation = i.generation AND h.last_heartbeat_at < i.asked_at AND h.lease_until <= clock_timestamp()
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), confirmed AS (
  SELECT w.id, i.*, b.last_heartbeat_at, b.lease_until,
    (:moves::jsonb ->> w.status::text)::workspace_status AS target
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  WHERE w.generation = i.generation AND w.instance_id = i.instance_id AND w.status_since < i.asked_at
    AND (:moves::jsonb ->> w.status::text IS NOT NULL OR w.status = 'offline')
    AND w.absent_cycle = :fence::bigint AND w.absent_seen >= :cycles::integer
    AND b.last_heartbeat_at < w.absent_since
    AND w.absent_since + make_interval(secs => :seconds::integer) <= clock_timestamp()
    AND greatest(w.launched_at, w.boot_asked_at, w.created_at) + make_interval(secs => :age_seconds::integer)
      <= clock_timestamp()
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), silenced AS (
  UPDATE heartbeats h SET token_version = h.token_version + 1 FROM confirmed c WHERE h.workspace_id = c.id
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT c.id, :cleared::text, 'absent', c.evidence || jsonb_build_object('asked_at', c.asked_at),
         :actor::text, :request_id::text, c.generation, c.instance_id
  FROM confirmed c WHERE c.target IS NULL ORDER BY c.id
)
UPDATE workspaces w SET
  status = COALESCE(c.target, w.status),
  instance_id = NULL,
  absent_since = NULL, absent_seen = 0, absent_cycle = NULL,
  ec2_op = CASE WHEN c.target IS NULL AND w.restart_policy <> 'never'
    THEN COALESCE(w.ec2_op, 'launch') ELSE w.ec2_op END,
  ec2_next_at = CASE WHEN c.target IS NULL AND w.restart_policy <> 'never'
    THEN COALESCE(w.ec2_next_at, clock_timestamp()) ELSE w.ec2_next_at END,
  updated_at = clock_timestamp(),
  cause = CASE WHEN c.target IS NOT NULL THEN jsonb_build_object(
    'event', 'instance_gone', 'reason', 'absent',
    'evidence', c.evidence || jsonb_build_object(
      'instance_id', c.instance_id, 'asked_at', c.asked_at, 'absent_since', w.absent_since, 'sweeps', w.absent_seen,
      'lease_until', NULLIF(c.lease_until, '-infinity'),
      'last_heartbeat_at', NULLIF(c.last_heartbeat_at, '-infinity'), 'launched_at', w.launched_at),
    'actor', :actor::text, 'request_id', :request_id::text,
    'owes', CASE WHEN w.restart_policy <> 'never' THEN 'launch' END) END
FROM confirmed c WHERE w.id = c.id
RETURNING w.id, c.target IS NOT NULL AS flipped, w.ec2_op IS NOT NULL AS owing`,
  bind: ({ fence, rows, policy, actor, requestId }: FlipAbsentInput) => ({
    fence,
    rows: JSON.stringify(rows),
    age_seconds: policy.ageSeconds,
    cycles: policy.cycles,
    seconds: policy.seconds,
    cleared: 'instance_cleared' satisfies Notice,
    moves: JSON.stringify(movesOf('instance_gone')),
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid(), flipped: z.boolean(), owing: z.boolean() }),
});
