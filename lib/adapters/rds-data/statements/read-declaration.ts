import * as z from 'zod/mini';
import type { DeclarationKey } from '../../../domain/declaration/declared.ts';
import { STATUSES } from '../../../domain/status.ts';
import { json, timestamp } from '../columns.ts';
import { statement } from '../statement.ts';

const flag = z.exactOptional(z.literal(true));

/** A document as it was taken, whatever would be refused today. */
const stored = z.object({
  plugins: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      source: z.string(),
      sha256: z.string(),
      config: z.exactOptional(z.record(z.string(), z.json())),
      config_marks: z.exactOptional(z.record(z.string(), z.object({ required: flag, destructive: flag }))),
    }),
  ),
});

/** A workspace and one version of its declaration, whose columns are NULL where there is none. */
export const readDeclaration = statement({
  sql: `
SELECT w.status, w.declaration_version AS newest,
  d.version, d.document, d.created_at, d.actor, d.request_id, d.forced
FROM workspaces w
LEFT JOIN declarations d
  ON d.workspace_id = w.id AND d.version = COALESCE(:version::integer, w.declaration_version)
WHERE w.id = :workspace_id::uuid`,
  bind: ({ workspaceId, version }: DeclarationKey) => ({ workspace_id: workspaceId, version }),
  row: z.object({
    status: z.enum(STATUSES),
    newest: z.int(),
    version: z.nullable(z.int()),
    document: z.nullable(json(stored)),
    created_at: z.nullable(timestamp),
    actor: z.nullable(z.string()),
    request_id: z.nullable(z.string()),
    forced: z.nullable(z.boolean()),
  }),
});
