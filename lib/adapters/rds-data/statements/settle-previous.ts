import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { SettlePreviousInput, SettlePreviousRow } from '../../../domain/operation.ts';
import { statement } from '../statement.ts';

/** What the history tells of an outcome; waiting is no news. */
const NOTICE_OF = {
  wait: null,
  refused: 'operation_refused',
  forget: 'previous_instance_ended',
} as const satisfies Record<SettlePreviousRow['outcome'], Notice | null>;

/**
 * Writes what became of superseded instances: forgotten when EC2 shows them ended, else looked at again later. One that
 * EC2 refuses to end, as where it is protected, is told of, and asked for each quarter of an hour.
 */
export const settlePrevious = statement({
  sql: `
WITH input AS (
  SELECT * FROM jsonb_to_recordset(:rows::jsonb)
    AS r(workspace_id uuid, instance_id text, outcome text, absent boolean, evidence jsonb)
), held AS (
  SELECT w.id, w.generation, i.* FROM workspaces w JOIN input i ON i.workspace_id = w.id
  WHERE w.ec2_lease = :lease::uuid AND w.previous_instance_id = i.instance_id
  ORDER BY w.id
  FOR NO KEY UPDATE OF w
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT id, :notices::jsonb ->> outcome, 'superseded', evidence, :actor::text, :request_id::text, generation, instance_id
  FROM held WHERE :notices::jsonb ->> outcome IS NOT NULL ORDER BY id
)
UPDATE workspaces w SET
  previous_instance_id = CASE WHEN h.outcome = 'forget' THEN NULL ELSE w.previous_instance_id END,
  previous_next_at = clock_timestamp()
    + make_interval(secs => CASE WHEN h.outcome = 'refused' THEN 900 ELSE :poll_seconds::double precision END),
  previous_absent_since = CASE
    WHEN h.outcome = 'forget' THEN NULL
    WHEN h.absent IS NULL THEN w.previous_absent_since
    WHEN h.absent THEN COALESCE(w.previous_absent_since, clock_timestamp()) END
FROM held h WHERE w.id = h.id
RETURNING w.id`,
  bind: ({ lease, pollSeconds, rows, actor, requestId }: SettlePreviousInput) => ({
    notices: JSON.stringify(NOTICE_OF),
    lease,
    poll_seconds: pollSeconds,
    rows: JSON.stringify(rows),
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
