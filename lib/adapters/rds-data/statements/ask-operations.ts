import * as z from 'zod';
import type { Notice } from '../../../domain/events.ts';
import type { AskInput } from '../../../domain/operation.ts';
import { statement } from '../statement.ts';

/**
 * Notes that EC2 is about to be asked, before it is: from now on the process that a start or reboot ends does not count
 * as the new one, and a stop is known as ours. Answers the rows whose lease, operation and instance are still those that
 * were claimed; the others must not be asked for. A start or reboot counts as an attempt, once a lease however often this
 * is sent, and opens the bootstrap token.
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
  SELECT w.id, w.boot_timeout_seconds, w.ec2_op_asked_at IS NULL AS first, i.*,
    w.ec2_op_asked_at IS NULL
      OR w.ec2_op_asked_at < w.ec2_lease_until - make_interval(secs => :lease_seconds::integer) AS anew
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id JOIN input i ON i.workspace_id = w.id
  WHERE w.ec2_lease = :lease::uuid AND w.generation = i.generation
    AND (w.ec2_op = i.operation OR w.ec2_op = 'start' AND i.operation = 'reboot' AND i.action = 'start')
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
  ec2_op_asked_at = clock_timestamp(),
  ec2_settles_at = clock_timestamp() + make_interval(secs => :settle_seconds::double precision),
  ec2_attempts = w.ec2_attempts + CASE WHEN held.action IN ('start', 'reboot') AND held.anew THEN 1 ELSE 0 END,
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
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
