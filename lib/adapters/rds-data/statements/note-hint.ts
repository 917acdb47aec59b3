import * as z from 'zod/mini';
import { INTERRUPTION_LABEL, type NoteHintInput, SAID_BY } from '../../../domain/hint.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

/**
 * infra/migrations/routines/12_note_hint.sql: notes a hint and marks the workspace that is warned, once an instance and
 * warning. Sent twice, EC2 is asked once more.
 */
export const noteHint = statement({
  sql: `SELECT note_hint(
    :instance_id::text, :warning::text, :warned_at::timestamptz, :label::text, :said_by::jsonb, :actor::text, :request_id::text
  ) AS answer`,
  bind: ({ instanceId, warned, actor, requestId }: NoteHintInput) => ({
    instance_id: instanceId,
    warning: warned?.of ?? null,
    warned_at: warned?.at ?? null,
    label: INTERRUPTION_LABEL,
    said_by: warned === null ? null : JSON.stringify(SAID_BY[warned.of]),
    actor,
    request_id: requestId,
  }),
  row: z.object({ answer: json(z.object({ known: z.boolean(), marked: z.boolean(), free: z.boolean() })) }),
});
