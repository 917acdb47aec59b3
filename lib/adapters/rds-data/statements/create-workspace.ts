import * as z from 'zod/mini';
import { classify } from '../../../domain/declaration/classify.ts';
import { NOTHING_DECLARED } from '../../../domain/declaration/document.ts';
import { rowsOf } from '../../../domain/declaration/rows.ts';
import type { NewWorkspace } from '../../../domain/workspace.ts';
import { statement } from '../statement.ts';

/**
 * A workspace with its first declaration. It owes its first launch from the start, held by whoever creates it: should
 * that one be killed, converge finds it. Bears being run twice: the second run finds the row and answers the same.
 */
export const createWorkspace = statement({
  sql: `
WITH made AS (
  INSERT INTO workspaces
    (id, name, runtime, launch, labels, restart_policy, boot_timeout_seconds, idle_minutes, created_by,
     declaration_version, ec2_op, ec2_op_asked_at, ec2_attempts, ec2_next_at, ec2_lease, ec2_lease_until)
  SELECT
    :id::uuid, :name::text, :runtime::text, :launch::jsonb, :labels::jsonb, :restart_policy::restart_policy,
    :boot_timeout_seconds::integer, :idle_minutes::integer,
    jsonb_build_object('actor', :actor::text, 'request_id', :request_id::text),
    CASE WHEN :declaration::jsonb IS NULL THEN 0 ELSE 1 END,
    owed.op, owed.since, CASE WHEN owed.op IS NULL THEN 0 ELSE 1 END, owed.since, :lease::uuid,
    clock_timestamp() + make_interval(secs => :lease_seconds::integer)
  FROM (SELECT CASE WHEN :launch::jsonb IS NOT NULL THEN 'launch'::ec2_operation END AS op,
               CASE WHEN :launch::jsonb IS NOT NULL THEN clock_timestamp() END AS since) owed
  ON CONFLICT (id) DO NOTHING
  RETURNING id
), declared AS (
  INSERT INTO declarations (workspace_id, version, document, actor, request_id, diff)
  SELECT made.id, 1, :declaration::jsonb, :actor::text, :request_id::text, :diff::jsonb
  FROM made WHERE :declaration::jsonb IS NOT NULL
), plugins AS (
  INSERT INTO declared_plugins (workspace_id, name, version, source, sha256, config, config_digest)
  SELECT made.id, r.name, r.version, r.source, r.sha256, r.config, r.config_digest
  FROM made, jsonb_to_recordset(:plugins::jsonb)
    AS r(name text, version text, source text, sha256 text, config jsonb, config_digest text)
)
SELECT id AS "registryId" FROM registry_identity`,
  bind: (workspace: NewWorkspace) => ({
    id: workspace.id,
    name: workspace.name,
    runtime: workspace.runtime,
    launch: workspace.launch ? JSON.stringify(workspace.launch) : null,
    labels: JSON.stringify(workspace.labels),
    restart_policy: workspace.restartPolicy,
    boot_timeout_seconds: workspace.bootTimeoutSeconds,
    idle_minutes: workspace.idleMinutes,
    declaration: workspace.declaration ? JSON.stringify(workspace.declaration) : null,
    diff: JSON.stringify(classify(NOTHING_DECLARED, workspace.declaration ?? NOTHING_DECLARED)),
    plugins: JSON.stringify(rowsOf(workspace.declaration ?? NOTHING_DECLARED)),
    actor: workspace.actor,
    request_id: workspace.requestId,
    lease: workspace.lease,
    lease_seconds: workspace.leaseSeconds,
  }),
  row: z.object({ registryId: z.uuid() }),
});
