import * as z from 'zod/mini';
import type { CommandInput } from '../../../domain/command.ts';
import { BOOTING_COMMANDS, COMMANDS, COMMANDS_OWE, REPLACEMENT_OWES } from '../../../domain/command.ts';
import { EC2_OPERATIONS, movesOf, STATUSES } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * An operator's command, decided on the locked rows, so that of racing commands, beats and flips each sees what the
 * others have done. Answers no row for an id that is unknown. A command gives a fresh budget of launches. Sent twice, it
 * finds its own event: what another command has ordered since is not undone by a sending that comes late.
 */
export const commandWorkspace = statement({
  sql: `
WITH beats AS (
  SELECT workspace_id, active_tasks FROM heartbeats WHERE workspace_id = :workspace_id::uuid
  FOR NO KEY UPDATE
), found AS (
  SELECT w.id, w.status, w.status_reason, w.generation, w.ec2_op, w.boot_timeout_seconds, b.active_tasks,
    w.launch IS NULL AS external,
    CASE
      WHEN w.instance_id IS NOT NULL THEN 'instance'
      WHEN w.ec2_op = 'launch' AND w.ec2_op_asked_at IS NOT NULL THEN 'launching'
      WHEN w.previous_instance_id IS NOT NULL THEN 'previous'
      ELSE 'none' END AS holding
  FROM workspaces w JOIN beats b ON b.workspace_id = w.id
  FOR NO KEY UPDATE OF w
), decided AS (
  SELECT f.*, CASE
    WHEN EXISTS (SELECT 1 FROM workspace_events e
      WHERE e.workspace_id = f.id AND e.event = :command::text AND e.request_id = :request_id::text) THEN 'already'
    WHEN f.status <> 'removed' AND :command::text = 'restart' AND f.external THEN 'external'
    WHEN f.status = 'provisioning' AND :command::text = 'restart'
      AND (f.status_reason <> 'restart' OR :replace::boolean AND f.ec2_op IS DISTINCT FROM 'launch') THEN 'refused'
    WHEN :moves::jsonb ->> f.status::text IS NOT NULL AND :command::text = 'hibernate' AND f.active_tasks > 0 THEN 'busy'
    ELSE :effects::jsonb ->> f.status::text END AS effect
  FROM found f
), opened AS (
  UPDATE heartbeats h SET
    bootstrap_open = true, bootstrap_opened_at = clock_timestamp(),
    bootstrap_until = clock_timestamp() + make_interval(secs => 2 * d.boot_timeout_seconds)
  FROM decided d WHERE h.workspace_id = d.id AND d.effect = 'moves' AND :boots::boolean
), moved AS (
  UPDATE workspaces w SET
    status = (:moves::jsonb ->> d.status::text)::workspace_status,
    cause = jsonb_build_object(
      'event', :command::text, 'reason', :command::text, 'evidence', :evidence::jsonb,
      'actor', :actor::text, 'request_id', :request_id::text,
      'owes', CASE WHEN NOT d.external THEN :owes::jsonb ->> d.holding END),
    ec2_attempts = 0,
    stopped_by = CASE WHEN NOT :boots::boolean THEN w.stopped_by END
  FROM decided d WHERE w.id = d.id AND d.effect = 'moves'
  RETURNING w.id, w.status, w.ec2_op
)
SELECT d.id, COALESCE(m.status, d.status) AS status, d.generation,
  CASE WHEN m.id IS NULL THEN d.ec2_op ELSE m.ec2_op END AS owed_operation, d.effect, d.external, d.active_tasks
FROM decided d LEFT JOIN moved m ON m.id = d.id`,
  bind: ({ workspaceId, command, replace, actor, requestId }: CommandInput) => ({
    workspace_id: workspaceId,
    command,
    replace,
    moves: JSON.stringify(movesOf(command)),
    effects: JSON.stringify(COMMANDS[command]),
    owes: JSON.stringify(replace ? REPLACEMENT_OWES : COMMANDS_OWE[command]),
    boots: BOOTING_COMMANDS.includes(command),
    evidence: JSON.stringify(replace ? { replace } : {}),
    actor,
    request_id: requestId,
  }),
  row: z.object({
    id: z.uuid(),
    status: z.enum(STATUSES),
    generation: z.int(),
    owed_operation: z.nullable(z.enum(EC2_OPERATIONS)),
    effect: z.enum(['moves', 'already', 'refused', 'external', 'busy']),
    external: z.boolean(),
    active_tasks: z.int(),
  }),
});
