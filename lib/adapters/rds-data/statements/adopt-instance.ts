import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { AdoptInput } from '../../../domain/orphan-store.ts';
import { movesOf } from '../../../domain/status.ts';
import { statement } from '../statement.ts';

/**
 * Makes a running instance the one that its workspace believes in: for the row's own generation where it has none, for
 * a higher one whatever it has. A higher generation begins as each does (token version 1, bootstrap open, no boot), so
 * that the tokens that its instance was given work; it has a boot's time to be heard, and what is installed on it is
 * not known. A launch that the instance fulfils is no longer owed, and a workspace that is offline for it is
 * provisioning again; what is paused or hibernated owes its stop. Bears being run twice. Answers no row when the
 * workspace is removed or has moved on, or another one has the instance.
 */
export const adoptInstance = statement({
  sql: `
WITH beat AS (
  SELECT workspace_id FROM heartbeats
  WHERE workspace_id = :workspace_id::uuid AND generation IN (:row_generation::integer, :tag_generation::integer)
  FOR NO KEY UPDATE
), found AS (
  SELECT w.id, w.instance_id, w.boot_timeout_seconds,
    w.instance_id IS DISTINCT FROM :instance_id::text OR w.generation <> :tag_generation::integer AS adopts,
    :tag_generation::integer > w.generation AS raises,
    :tag_generation::integer > w.generation
      OR COALESCE(w.ec2_op = 'launch' AND w.ec2_op_asked_at IS NOT NULL AND w.instance_id IS NULL, false) AS fulfils,
    w.status IN ('paused', 'hibernated') AS silenced,
    (:moves::jsonb ->> w.status::text)::workspace_status AS target
  FROM workspaces w JOIN beat b ON b.workspace_id = w.id
  WHERE w.status <> 'removed'
    AND (w.generation = :row_generation::integer
        AND (w.instance_id IS NULL OR w.generation < :tag_generation::integer)
      OR w.generation = :tag_generation::integer AND w.instance_id = :instance_id::text)
    AND NOT EXISTS (SELECT 1 FROM workspaces o WHERE o.instance_id = :instance_id::text AND o.id <> w.id)
  FOR NO KEY UPDATE OF w
), raised AS (
  UPDATE heartbeats h SET
    generation = :tag_generation::integer, token_version = 1,
    bootstrap_open = true, bootstrap_opened_at = clock_timestamp(),
    bootstrap_until = clock_timestamp() + make_interval(secs => 2 * f.boot_timeout_seconds),
    boot_id = NULL, last_heartbeat_at = '-infinity', busy_at = '-infinity',
    lease_until = clock_timestamp() + make_interval(secs => greatest(h.lease_seconds, f.boot_timeout_seconds)),
    error_rate = NULL, sample_error = NULL, active_tasks = 0, current_task = NULL, uptime_seconds = 0,
    runtime_state = '', reports_plugins = false
  FROM found f WHERE h.workspace_id = f.id AND f.raises
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT f.id, :event::text, :why::text,
         jsonb_build_object('tag_generation', :tag_generation::integer, 'row_generation', :row_generation::integer,
           'why', :why::text, 'replaced_instance_id', f.instance_id, 'availability_zone', :zone::text),
         :actor::text, :request_id::text, :tag_generation::integer, :instance_id::text
  FROM found f WHERE f.adopts
), behind AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT f.id, :behind::text, 'newer_instance',
         jsonb_build_object('tag_generation', :tag_generation::integer, 'row_generation', :row_generation::integer),
         :actor::text, :request_id::text, :tag_generation::integer, :instance_id::text
  FROM found f WHERE f.raises
), adopted AS (
  UPDATE workspaces w SET
    generation = :tag_generation::integer,
    instance_id = :instance_id::text, availability_zone = :zone::text, stoppable = :stoppable::boolean,
    launched_at = CASE WHEN f.raises THEN :launched_at::timestamptz
      ELSE COALESCE(w.launched_at, :launched_at::timestamptz) END,
    boot_asked_at = CASE WHEN f.raises THEN clock_timestamp() ELSE COALESCE(w.boot_asked_at, clock_timestamp()) END,
    stopped_by = NULL,
    absent_since = NULL, absent_seen = 0, absent_cycle = NULL,
    ec2_op = CASE WHEN f.silenced THEN 'stop'::ec2_operation WHEN NOT f.fulfils THEN w.ec2_op END,
    ec2_op_asked_at = CASE WHEN NOT f.silenced AND NOT f.fulfils THEN w.ec2_op_asked_at END,
    ec2_next_at = CASE WHEN f.silenced THEN clock_timestamp() WHEN NOT f.fulfils THEN w.ec2_next_at END,
    ec2_lease = NULL, ec2_lease_until = NULL, ec2_absent_since = NULL,
    reconcile_wanted = w.reconcile_wanted + CASE WHEN f.raises THEN 1 ELSE 0 END,
    reconcile_since = CASE WHEN f.raises THEN clock_timestamp() ELSE w.reconcile_since END,
    reconcile_because = CASE WHEN f.raises THEN 'instance_adopted' ELSE w.reconcile_because END,
    reconcile_attempts = CASE WHEN f.raises THEN 0 ELSE w.reconcile_attempts END,
    reconcile_next_at = CASE WHEN f.raises THEN clock_timestamp() ELSE w.reconcile_next_at END,
    status = CASE WHEN f.fulfils THEN COALESCE(f.target, w.status) ELSE w.status END,
    cause = CASE WHEN f.fulfils AND f.target IS NOT NULL THEN jsonb_build_object(
      'event', 'launched', 'reason', 'adopted', 'evidence', jsonb_build_object('why', :why::text),
      'actor', :actor::text, 'request_id', :request_id::text) END,
    updated_at = clock_timestamp()
  FROM found f WHERE w.id = f.id AND f.adopts
)
SELECT id FROM found`,
  bind: (input: AdoptInput) => ({
    event: 'instance_adopted' satisfies Notice,
    behind: 'registry_behind' satisfies Notice,
    workspace_id: input.workspaceId,
    instance_id: input.instanceId,
    tag_generation: input.tagGeneration,
    row_generation: input.rowGeneration,
    zone: input.zone,
    stoppable: input.stoppable,
    launched_at: input.launchedAt,
    why: input.why,
    moves: JSON.stringify({ offline: movesOf('launched').offline }),
    actor: input.actor,
    request_id: input.requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
