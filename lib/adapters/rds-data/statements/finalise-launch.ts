import * as z from 'zod';
import { STATUSES } from '../../../domain/status.ts';
import type { FinaliseInput } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/**
 * Records the instance of a generation, in whatever status: its runtime may have registered already. Answers no row
 * when the workspace is removed, has moved on, or has another instance. Bears being run twice.
 */
export const finaliseLaunch = statement({
  sql: `
WITH before AS (
  SELECT id, instance_id FROM workspaces
  WHERE id = :workspace_id::uuid AND generation = :generation::integer AND status <> 'removed'
    AND (instance_id IS NULL OR instance_id = :instance_id::text)
  FOR NO KEY UPDATE
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT b.id, 'instance_launched', 'launched', jsonb_build_object('availability_zone', :zone::text),
         :actor::text, :request_id::text, :generation::integer, :instance_id::text
  FROM before b WHERE b.instance_id IS NULL
)
UPDATE workspaces w SET
  instance_id = :instance_id::text, availability_zone = :zone::text,
  launched_at = COALESCE(w.launched_at, clock_timestamp()), updated_at = clock_timestamp()
FROM before b WHERE w.id = b.id
RETURNING w.status`,
  bind: ({ workspaceId, generation, instance, actor, requestId }: FinaliseInput) => ({
    workspace_id: workspaceId,
    generation,
    instance_id: instance.instanceId,
    zone: instance.zone,
    actor,
    request_id: requestId,
  }),
  row: z.object({ status: z.enum(STATUSES) }),
});
