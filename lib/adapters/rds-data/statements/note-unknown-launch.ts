import * as z from 'zod';
import type { UnknownLaunchInput } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/** Tells in the workspace's history that its launch has no known result; once for a request, also when sent twice. */
export const noteUnknownLaunch = statement({
  sql: `
INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation)
SELECT w.id, 'launch_unknown', 'ec2_did_not_say', jsonb_build_object('error', :error::text),
       :actor::text, :request_id::text, w.generation
FROM workspaces w
WHERE w.id = :workspace_id::uuid AND w.generation = :generation::integer AND NOT EXISTS (
  SELECT 1 FROM workspace_events e
  WHERE e.workspace_id = w.id AND e.event = 'launch_unknown' AND e.request_id = :request_id::text)
RETURNING id`,
  bind: ({ workspaceId, generation, error, actor, requestId }: UnknownLaunchInput) => ({
    workspace_id: workspaceId,
    generation,
    error,
    actor,
    request_id: requestId,
  }),
  row: z.object({ id: z.int() }),
});
