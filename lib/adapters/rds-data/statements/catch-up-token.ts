import * as z from 'zod/mini';
import type { Notice } from '../../../domain/events.ts';
import type { TokenClaims } from '../../../domain/tokens.ts';
import { statement } from '../statement.ts';

/**
 * A right token of the row's generation that is newer than the row was issued by a history that the registry has lost to
 * a backup: a version is never signed before it is committed. The row catches up with it, as it was when the token was
 * issued: older ones are dead, and a bootstrap token registers until the first beat. Answers no row for any other token,
 * and for a call that comes second.
 */
export const catchUpToken = statement({
  sql: `
WITH older AS (
  SELECT workspace_id, token_version FROM heartbeats
  WHERE workspace_id = :workspace_id::uuid AND generation = :generation::integer AND token_version < :token_version::integer
  FOR NO KEY UPDATE
), raised AS (
  UPDATE heartbeats h SET
    token_version = :token_version::integer,
    bootstrap_open = true, bootstrap_opened_at = 'epoch',
    bootstrap_until = clock_timestamp() + make_interval(secs => 2 * w.boot_timeout_seconds)
  FROM older o JOIN workspaces w ON w.id = o.workspace_id
  WHERE h.workspace_id = o.workspace_id
  RETURNING h.workspace_id, o.token_version, w.instance_id
), told AS (
  INSERT INTO workspace_events (workspace_id, event, reason, evidence, actor, request_id, generation, instance_id)
  SELECT r.workspace_id, :event::text, 'newer_token',
         jsonb_build_object('token_version', :token_version::integer, 'row_token_version', r.token_version),
         'runtime', :request_id::text, :generation::integer, r.instance_id
  FROM raised r
)
SELECT workspace_id AS id FROM raised`,
  bind: ({ claims, requestId }: { readonly claims: TokenClaims; readonly requestId: string }) => ({
    event: 'registry_behind' satisfies Notice,
    workspace_id: claims.sub,
    generation: claims.gen,
    token_version: claims.ver,
    request_id: requestId,
  }),
  row: z.object({ id: z.uuid() }),
});
