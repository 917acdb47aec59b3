import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { OperationOutcome, SettleInput } from '../../../domain/operation.ts';
import { movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/** What the history tells of an outcome; waiting is no news. */
const NOTICE_OF = {
  wait: null,
  asked: null,
  refused: 'operation_refused',
  unknown: 'operation_unknown',
  done: 'operation_done',
  forget: 'operation_done',
  drop: 'operation_refused',
  hold: 'operation_refused',
} as const satisfies Record<OperationOutcome, Notice | null>;

const IS_NOT_BEGUN = `(h.same AND h.outcome = 'refused' AND h.action = 'stop' AND w.power_cycle)`;

/**
 * Writes what became of owed operations and gives their leases back. A row that moved on meanwhile keeps what it owes
 * now, and is answered as `again`: nobody else would look at it before the next schedule. A start or reboot that EC2
 * agreed to, or a start that it shows, is a boot: the workspace is provisioning, and the boot's time begins.
 */
export const settleOperations = statement({
  sql: `
WITH input AS (
  SELECT r.*, r.outcome = 'asked' AND r.action IN ('start', 'reboot') OR r.outcome = 'done' AND r.operation = 'start'
      AS boots, r.outcome IN ('done', 'forget', 'drop', 'hold') AS over
  FROM jsonb_to_recordset(:rows::jsonb) AS r(
    workspace_id uuid, generation integer, operation ec2_operation, instance_id text, outcome text, action text,
    absent boolean, stopping boolean, evidence jsonb)
), held AS (
  SELECT w.id, i.*, w.status,
    COALESCE(w.generation = i.generation AND w.ec2_op = i.operation
      AND w.instance_id IS NOT DISTINCT FROM i.instance_id, false) AS same,
    CASE WHEN i.action = 'reboot' THEN 'rebooted' ELSE 'started' END AS boot_event
  FROM workspaces w JOIN input i ON i.workspace_id = w.id
  WHERE w.ec2_lease = :lease::uuid
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), told AS (
  INSERT INTO workspace_events
    (workspace_id, event, reason, evidence, actor, request_id, owes, generation, instance_id)
  SELECT id, :notices::jsonb ->> outcome, outcome, evidence, :actor::text, :request_id::text, operation, generation,
         instance_id
  FROM held WHERE same AND :notices::jsonb ->> outcome IS NOT NULL ORDER BY id
), moved AS (
  SELECT id, CASE WHEN same AND boots
    THEN (:moves::jsonb -> boot_event ->> status::text)::workspace_status END AS target FROM held
)
UPDATE workspaces w SET
  ec2_lease = NULL, ec2_lease_until = NULL,
  status = COALESCE(m.target, w.status),
  cause = CASE WHEN m.target IS NOT NULL THEN jsonb_build_object(
    'event', h.boot_event, 'reason', h.boot_event, 'evidence', h.evidence,
    'actor', :actor::text, 'request_id', :request_id::text) END,
  boot_asked_at = CASE WHEN h.same AND h.boots THEN clock_timestamp() ELSE w.boot_asked_at END,
  instance_id = CASE WHEN h.same AND h.outcome = 'forget' THEN NULL ELSE w.instance_id END,
  ec2_op = CASE WHEN h.same AND h.over THEN NULL ELSE w.ec2_op END,
  ec2_op_asked_at = CASE WHEN h.same AND (h.over OR h.outcome = 'refused') THEN NULL ELSE w.ec2_op_asked_at END,
  ec2_next_at = CASE
    WHEN NOT h.same AND h.outcome IN ('asked', 'unknown') AND w.ec2_op_asked_at IS NULL THEN greatest(
      w.ec2_next_at, clock_timestamp() + make_interval(secs => :settle_seconds::double precision))
    WHEN NOT h.same THEN w.ec2_next_at
    WHEN h.over THEN NULL
    WHEN h.outcome IN ('refused', 'unknown') THEN clock_timestamp() + ec2_backoff(greatest(1, w.ec2_attempts))
    ELSE clock_timestamp() + make_interval(secs => :poll_seconds::double precision) END,
  -- EC2's answers lag behind its own answer too, which may have taken its time.
  ec2_settles_at = CASE WHEN h.outcome IN ('asked', 'unknown')
    THEN greatest(w.ec2_settles_at, clock_timestamp() + make_interval(secs => :settle_seconds::double precision))
    ELSE w.ec2_settles_at END,
  -- A stop or an end that is refused is asked for ever, but less and less often; a power cycle's was counted when asked.
  ec2_attempts = w.ec2_attempts
    + CASE WHEN h.same AND h.outcome IN ('refused', 'unknown') AND h.operation IN ('stop', 'terminate') THEN 1 ELSE 0 END,
  -- A power cycle whose stop EC2 does not do has not begun: whoever speaks now counts, and the next stop is not ours.
  power_stop_asked_at = CASE WHEN ${IS_NOT_BEGUN} THEN NULL ELSE w.power_stop_asked_at END,
  stopped_by = CASE WHEN h.same AND h.outcome = 'hold' THEN 'user' WHEN NOT ${IS_NOT_BEGUN} THEN w.stopped_by END,
  ec2_absent_since = CASE
    WHEN NOT h.same OR h.absent IS NULL THEN w.ec2_absent_since
    WHEN h.absent THEN COALESCE(w.ec2_absent_since, clock_timestamp()) END,
  ec2_stopping_since = CASE
    WHEN NOT h.same OR h.absent IS NULL THEN w.ec2_stopping_since
    WHEN h.stopping THEN COALESCE(w.ec2_stopping_since, clock_timestamp()) END
FROM held h JOIN moved m ON m.id = h.id
WHERE w.id = h.id
RETURNING w.id, NOT h.same AND h.operation IS NOT NULL AND w.ec2_op IS NOT NULL AS again`,
  bind: ({ lease, pollSeconds, settleSeconds, rows, actor, requestId }: SettleInput) => ({
    lease,
    poll_seconds: pollSeconds,
    settle_seconds: settleSeconds,
    rows: JSON.stringify(rows),
    notices: JSON.stringify(NOTICE_OF),
    moves: JSON.stringify({ started: movesOf('started'), rebooted: movesOf('rebooted') }),
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid(), again: z.boolean() }),
});
