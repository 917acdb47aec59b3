import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { NoteOrphansInput } from '../../../domain/orphan-store.ts';
import { statement } from '../statement.ts';

/**
 * Writes what EC2 answered: an orphan that it ends, or no longer knows, is told in its workspace's history and
 * forgotten; one that it refused to end was not asked for, and is found again. The DELETE feeds the INSERT: sent twice,
 * it tells once.
 */
export const noteOrphans = statement({
  sql: `
WITH input AS (
  SELECT * FROM jsonb_to_recordset(:rows::jsonb) AS r(instance_id text, ended boolean, answer text)
), refused AS (
  UPDATE orphan_sightings s SET asked_at = NULL
  FROM input i WHERE s.instance_id = i.instance_id AND NOT i.ended
), gone AS (
  DELETE FROM orphan_sightings s USING input i
  WHERE s.instance_id = i.instance_id AND i.ended AND s.asked_at IS NOT NULL
  RETURNING s.*, i.answer
)
INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
SELECT g.workspace_id, :event::text, g.reason,
       g.evidence || jsonb_build_object('asked_at', g.asked_at, 'ec2_answer', g.answer),
       :actor::text, :request_id::text, w.generation, g.instance_id
FROM gone g JOIN workspaces w ON w.id = g.workspace_id
ORDER BY g.instance_id
RETURNING instance_id AS "instanceId"`,
  bind: ({ rows, actor, requestId }: NoteOrphansInput) => ({
    event: 'orphan_terminated' satisfies Notice,
    rows: JSON.stringify(rows),
    actor,
    request_id: requestId,
  }),
  row: z.object({ instanceId: z.string() }),
});
