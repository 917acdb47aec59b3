import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { AskInput } from '../../../domain/operation.ts';
import { movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * Notes that EC2 is about to be asked, before it is: from now on the process that a start or reboot ends does not count
 * as the new one, and a stop is known as ours. Answers the rows whose lease, operation and instance are still those that
 * were claimed; the others must not be asked for. A start or reboot counts as an attempt, once a lease however often this
 * is sent, and opens the bootstrap token.
 *
 * The stop that a power cycle begins with counts for the start too. With it the workspace is provisioning: neither the
 * last words of the process that it ends, nor what EC2 then shows, nor silence changes what is owed. The start itself is
 * not asked for by it, so no boot's time begins.
 */
export const askOperations = statement({
  sql: `
WITH input AS (
  SELECT * FROM jsonb_to_recordset(:rows::jsonb)
    AS r(workspace_id uuid, generation integer, operation ec2_operation, instance_id text, action text)
), beats AS (
  SELECT h.workspace_id FROM heartbeats h JOIN input i ON i.workspace_id = h.workspace_id
  WHERE h.generation = i.generation
  ORDER BY h.workspace_id
  FOR NO KEY UPDATE OF h
), held AS (
  SELECT w.id, w.boot_timeout_seconds, i.*, c.cycles, c.asked_at IS NULL AS first,
    CASE WHEN c.cycles THEN (:moves::jsonb ->> w.status::text)::workspace_status END AS target,
    COALESCE(c.asked_at < w.ec2_lease_until - make_interval(secs => :lease_seconds::integer), true)
      AND NOT (i.action = 'start' AND w.power_stop_asked_at IS NOT NULL) AS anew
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  CROSS JOIN LATERAL (
    SELECT w.power_cycle AND i.action = 'stop' AS cycles,
      CASE WHEN w.power_cycle AND i.action = 'stop' THEN w.power_stop_asked_at ELSE w.ec2_op_asked_at END AS asked_at) c
  WHERE w.ec2_lease = :lease::uuid AND w.generation = i.generation
    AND (w.ec2_op = i.operation OR w.ec2_op = 'start' AND i.operation = 'reboot' AND i.action = 'start')
    AND (i.operation <> 'start' OR i.action <> 'stop' OR w.power_cycle)
    AND w.instance_id = i.instance_id
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), opened AS (
  UPDATE heartbeats h SET
    bootstrap_open = true, bootstrap_opened_at = clock_timestamp(),
    bootstrap_until = clock_timestamp() + make_interval(secs => 2 * held.boot_timeout_seconds)
  FROM held WHERE h.workspace_id = held.id AND held.action IN ('start', 'reboot')
), told AS (
  INSERT INTO workspace_events
    (workspace_id, event, reason, evidence, actor, request_id, owes, generation, instance_id)
  SELECT held.id, :event::text, held.action, '{}', :actor::text, :request_id::text, held.operation, held.generation,
         held.instance_id
  FROM held WHERE held.first ORDER BY held.id
)
UPDATE workspaces w SET
  -- What is stopped is started where a reboot is owed; from then on it is a start.
  ec2_op = CASE WHEN held.action = 'start' THEN 'start' ELSE w.ec2_op END,
  ec2_op_asked_at = CASE WHEN NOT held.cycles THEN clock_timestamp() ELSE w.ec2_op_asked_at END,
  power_cycle = w.power_cycle AND held.action <> 'start',
  power_stop_asked_at = CASE WHEN held.cycles THEN clock_timestamp() ELSE w.power_stop_asked_at END,
  status = COALESCE(held.target, w.status),
  cause = CASE WHEN held.target IS NOT NULL THEN jsonb_build_object(
    'event', 'rebooted', 'reason', 'power_cycle', 'actor', :actor::text, 'request_id', :request_id::text) END,
  ec2_settles_at = clock_timestamp() + make_interval(secs => :settle_seconds::double precision),
  ec2_attempts = w.ec2_attempts
    + CASE WHEN (held.action IN ('start', 'reboot') OR held.cycles) AND held.anew THEN 1 ELSE 0 END,
  stopped_by = CASE WHEN held.action IN ('stop', 'terminate') THEN 'muster' END,
  updated_at = clock_timestamp()
FROM held WHERE w.id = held.id
RETURNING w.id`,
  bind: ({ lease, leaseSeconds, settleSeconds, rows, actor, requestId }: AskInput) => ({
    event: 'operation_asked' satisfies Notice,
    lease,
    lease_seconds: leaseSeconds,
    settle_seconds: settleSeconds,
    rows: JSON.stringify(rows),
    moves: JSON.stringify(movesOf('rebooted')),
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
