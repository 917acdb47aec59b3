import * as z from 'zod/mini';
import type { WriteDeclarationInput } from '../../../domain/declaration/declared.ts';
import { rowsTouchedBy } from '../../../domain/declaration/rows.ts';
import type { Notice } from '../../../domain/events.ts';
import { statement } from '../statement.ts';

/**
 * The next version of a declaration: its document, the plugins that its diff names, its event and the reconcile that it
 * owes. The version is part of the row that is locked, so that of racing writes the first one counts. Answers no row when
 * another version is there, or the workspace is removed. Sent twice, the second finds the version of the first, and
 * answers none: who wrote the next version is for the caller to see. A version that a runtime has reported without its
 * content may be an earlier declaration's, so it begins at revision 1.
 */
export const writeDeclaration = statement({
  sql: `
WITH held AS (
  UPDATE workspaces SET
    declaration_version = declaration_version + 1,
    reconcile_wanted = reconcile_wanted + 1, reconcile_attempts = 0, reconcile_next_at = clock_timestamp(),
    reconcile_since = clock_timestamp(), reconcile_because = :event::text,
    updated_at = clock_timestamp()
  WHERE id = :workspace_id::uuid AND declaration_version = :expected::integer AND status <> 'removed'
  RETURNING id, status, declaration_version, generation, instance_id
), kept AS (
  INSERT INTO declarations (workspace_id, version, document, actor, request_id, forced, diff)
  SELECT held.id, held.declaration_version, :document::jsonb, :actor::text, :request_id::text, :forced::boolean,
         :diff::jsonb
  FROM held
), wanted AS (
  SELECT * FROM jsonb_to_recordset(:upserts::jsonb) AS r(
    name text, version text, source text, sha256 text, config jsonb, config_digest text, content_changed boolean)
), put AS (
  INSERT INTO declared_plugins AS p (workspace_id, name, version, source, sha256, config, config_digest, revision)
  SELECT held.id, r.name, r.version, r.source, r.sha256, r.config, r.config_digest, CASE WHEN EXISTS (
    SELECT 1 FROM installed_plugins i
    WHERE i.workspace_id = held.id AND i.name = r.name AND i.version = r.version AND i.sha256 IS NULL) THEN 1 ELSE 0 END
  FROM held, wanted r
  ON CONFLICT (workspace_id, name) DO UPDATE SET
    version = EXCLUDED.version, source = EXCLUDED.source, sha256 = EXCLUDED.sha256,
    config = EXCLUDED.config, config_digest = EXCLUDED.config_digest,
    revision = CASE
      WHEN p.version <> EXCLUDED.version THEN EXCLUDED.revision
      WHEN (SELECT r.content_changed FROM wanted r WHERE r.name = EXCLUDED.name) THEN p.revision + 1
      ELSE p.revision END
), dropped AS (
  DELETE FROM declared_plugins p USING held
  WHERE p.workspace_id = held.id AND p.name IN (SELECT jsonb_array_elements_text(:removals::jsonb))
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT held.id, :event::text, 'declaration', :evidence::jsonb, :actor::text, :request_id::text, held.generation,
         held.instance_id
  FROM held
)
SELECT declaration_version AS version, status IN ('online', 'degraded') AS live FROM held`,
  bind: ({ workspaceId, expected, document, diff, forced, evidence, actor, requestId }: WriteDeclarationInput) => {
    const { upserts, removals } = rowsTouchedBy(diff, document);
    return {
      event: 'declared' satisfies Notice,
      workspace_id: workspaceId,
      expected,
      document: JSON.stringify(document),
      diff: JSON.stringify(diff),
      upserts: JSON.stringify(upserts),
      removals: JSON.stringify(removals),
      forced,
      evidence: JSON.stringify(evidence),
      actor,
      request_id: requestId,
    };
  },
  row: z.object({ version: z.int(), live: z.boolean() }),
});
