import * as z from 'zod/mini';
import { movesOf } from '../../../domain/status.ts';
import type { FailLaunchInput } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/** EC2 started nothing for this generation: the workspace fails, with EC2's own code as evidence. */
export const failLaunch = statement({
  sql: `
UPDATE workspaces w SET
  status = (:moves::jsonb ->> w.status::text)::workspace_status,
  cause = jsonb_build_object(
    'event', 'launch_failed', 'reason', 'launch_refused', 'evidence', jsonb_build_object('ec2_error', :ec2_error::text),
    'actor', :actor::text, 'request_id', :request_id::text),
  ec2_lease = NULL, ec2_lease_until = NULL
WHERE w.id = :workspace_id::uuid AND w.generation = :generation::integer AND w.instance_id IS NULL
  AND :moves::jsonb ->> w.status::text IS NOT NULL
RETURNING w.id`,
  bind: ({ workspaceId, generation, ec2Error, actor, requestId }: FailLaunchInput) => ({
    workspace_id: workspaceId,
    generation,
    ec2_error: ec2Error,
    actor,
    request_id: requestId,
    moves: JSON.stringify(movesOf('launch_failed')),
  }),
  row: z.object({ id: z.uuid() }),
});
