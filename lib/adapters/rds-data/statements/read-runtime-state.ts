import * as z from 'zod/mini';
import { STATUSES } from '../../../domain/status.ts';
import type { TokenClaims } from '../../../domain/tokens.ts';
import { statement } from '../statement.ts';

/** The status that a runtime may see: its own, while its token is that of the present generation and, for a bootstrap token, open. */
export const readRuntimeState = statement({
  sql: `
SELECT w.status
FROM workspaces w JOIN heartbeats h ON h.workspace_id = w.id
WHERE h.workspace_id = :workspace_id::uuid AND h.generation = :generation::integer
  AND h.token_version = :token_version::integer
  AND (:kind::text = 'runtime' OR (h.bootstrap_open
    AND clock_timestamp() < greatest(h.bootstrap_until, (SELECT s.grace_until FROM sweep_state s))))`,
  bind: ({ sub, gen, ver, kind }: TokenClaims) => ({ workspace_id: sub, generation: gen, token_version: ver, kind }),
  row: z.object({ status: z.enum(STATUSES) }),
});
