import * as z from 'zod';
import type { Notice } from '../../../domain/events.ts';
import { INTERRUPTION_LABEL, type NoteHintInput, SAID_BY, type Warning } from '../../../domain/hint.ts';
import { statement } from '../statement.ts';

/** What the history tells of a warning. */
const NOTICE_OF = {
  'spot-terminate': 'interruption_warned',
  'spot-stop': 'interruption_warned',
  'spot-hibernate': 'interruption_warned',
  rebalance: 'rebalance_recommended',
} as const satisfies Record<Warning, Notice | null>;

/**
 * Notes that EC2 has told of an instance, where a row of ours has it, or had it last; for any other nothing is written.
 * A warning marks the workspace with a label and an event, once an instance and warning. Each hint is later than the one
 * before, also inside one microsecond. Sent twice, EC2 is asked once more.
 */
export const noteHint = statement({
  sql: `
WITH ours AS (
  SELECT id FROM workspaces WHERE instance_id = :instance_id::text OR previous_instance_id = :instance_id::text
), noted AS (
  INSERT INTO hints AS h (instance_id, hinted_at, terminate_warned_at)
  SELECT :instance_id::text, clock_timestamp(),
    CASE WHEN :warning::text = 'spot-terminate' THEN least(:warned_at::timestamptz, clock_timestamp()) END
  WHERE EXISTS (SELECT FROM ours)
  ON CONFLICT (instance_id) DO UPDATE SET
    hinted_at = greatest(clock_timestamp(), h.hinted_at + interval '1 microsecond'),
    terminate_warned_at = greatest(h.terminate_warned_at, EXCLUDED.terminate_warned_at)
), marked AS (
  UPDATE workspaces w SET
    labels = w.labels || jsonb_build_object(:label::text, :warning::text),
    updated_at = clock_timestamp()
  WHERE :warning::text IS NOT NULL AND w.instance_id = :instance_id::text AND w.status <> 'removed'
    AND NOT COALESCE(:said_by::jsonb @> (w.labels -> :label::text), false)
  RETURNING w.id, w.generation, w.instance_id
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT m.id, :event::text, :warning::text, jsonb_build_object('warned_at', :warned_at::timestamptz),
         :actor::text, :request_id::text, m.generation, m.instance_id
  FROM marked m
)
SELECT EXISTS (SELECT FROM ours) AS known, EXISTS (SELECT FROM marked) AS marked`,
  bind: ({ instanceId, warned, actor, requestId }: NoteHintInput) => ({
    instance_id: instanceId,
    warning: warned?.of ?? null,
    warned_at: warned?.at ?? null,
    label: INTERRUPTION_LABEL,
    said_by: warned === null ? null : JSON.stringify(SAID_BY[warned.of]),
    event: warned === null ? null : NOTICE_OF[warned.of],
    actor,
    request_id: requestId,
  }),
  row: z.object({ known: z.boolean(), marked: z.boolean() }),
});
