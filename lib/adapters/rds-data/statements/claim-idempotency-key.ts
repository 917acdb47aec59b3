import * as z from 'zod/mini';
import { ERROR_CODES } from '../../../domain/errors.ts';
import type { ClaimKeyInput, KeyClaim } from '../../../domain/idempotency.ts';
import { json } from '../columns.ts';
import { statement } from '../statement.ts';

/** Seconds for which a key is remembered. */
const KEEP_SECONDS = 24 * 60 * 60;

const refusal = z.object({
  code: z.enum(ERROR_CODES),
  details: z.object({
    errors: z.optional(z.array(z.object({ field: z.string(), message: z.string() }))),
    workspace_id: z.optional(z.string()),
    allowed: z.optional(z.array(z.string())),
  }),
});

/**
 * Takes an idempotency key for one caller. It belongs to its first request until it expires, and is then as new; it is
 * free while nobody holds it and nothing is kept. The row is always rewritten, since only then does RETURNING show what
 * a caller beside this one has just committed. Sent twice by the same holder, it answers the same claim.
 */
export const claimIdempotencyKey = statement({
  sql: `
INSERT INTO idempotency_keys AS k
  (key, workspace_id, request_sha256, holder, held_until, created_at, expires_at)
SELECT :key::text, :workspace_id::uuid, :request_sha256::text, :holder::uuid,
  claimed_at + make_interval(secs => :hold_seconds::integer), claimed_at,
  claimed_at + make_interval(secs => :keep_seconds::integer)
FROM clock_timestamp() AS claimed_at
ON CONFLICT (key) DO UPDATE SET
  (workspace_id, request_sha256, status_code, response, created_at, expires_at, holder, held_until) = (
    SELECT
      CASE WHEN is_over THEN excluded.workspace_id ELSE k.workspace_id END,
      CASE WHEN is_over THEN excluded.request_sha256 ELSE k.request_sha256 END,
      CASE WHEN is_over THEN NULL ELSE k.status_code END,
      CASE WHEN is_over THEN NULL ELSE k.response END,
      CASE WHEN is_over THEN excluded.created_at ELSE k.created_at END,
      CASE WHEN is_over THEN excluded.expires_at ELSE k.expires_at END,
      CASE WHEN is_over OR is_free THEN excluded.holder ELSE k.holder END,
      CASE WHEN is_over OR is_free THEN excluded.held_until ELSE k.held_until END
    FROM (SELECT
      k.expires_at <= excluded.created_at AS is_over,
      k.request_sha256 = excluded.request_sha256 AND k.response IS NULL AND k.held_until <= excluded.created_at
        AS is_free) AS found)
RETURNING
  CASE
    WHEN k.request_sha256 <> :request_sha256::text THEN 'conflict'
    WHEN k.response IS NULL AND k.holder = :holder::uuid THEN 'claimed'
    WHEN k.response IS NULL THEN 'in_progress'
    WHEN k.status_code IS NULL THEN 'refused'
    ELSE 'answered' END AS kind,
  k.workspace_id AS "workspaceId", k.workspace_id <> :workspace_id::uuid AS resumed,
  k.status_code AS status, k.response`,
  bind: ({ key, holder, requestSha256, workspaceId, holdSeconds }: ClaimKeyInput) => ({
    key,
    holder,
    request_sha256: requestSha256,
    workspace_id: workspaceId,
    hold_seconds: holdSeconds,
    keep_seconds: KEEP_SECONDS,
  }),
  row: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('claimed'), workspaceId: z.uuid(), resumed: z.boolean() }),
    z.pipe(
      z.object({ kind: z.literal('answered'), status: z.int(), response: json(z.unknown()) }),
      z.transform(({ kind, status, response }): KeyClaim => ({ kind, status, body: response })),
    ),
    z.pipe(
      z.object({ kind: z.literal('refused'), response: json(refusal) }),
      z.transform(({ kind, response }): KeyClaim => ({ kind, ...response })),
    ),
    z.object({ kind: z.literal('conflict') }),
    z.object({ kind: z.literal('in_progress') }),
  ]),
});
