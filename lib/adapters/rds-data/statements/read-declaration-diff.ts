import type * as z from 'zod/mini';
import { type DeclarationDiff, declarationDiff } from '../../../domain/declaration/change.ts';
import { documentIn, documentPart, TEXT_ROW_CHARACTERS } from '../columns.ts';
import { statement } from '../statement.ts';

/** What one version of a declaration changed, as text in rows that are to be joined. */
export const readDeclarationDiff = statement({
  sql: `
SELECT substr(d.diff, part.first, :row_characters::integer) AS part
FROM (
  SELECT CAST(diff AS text) AS diff FROM declarations
  WHERE workspace_id = :workspace_id::uuid AND version = :version::integer
) d, generate_series(1, char_length(d.diff), :row_characters::integer) AS part(first)
ORDER BY part.first`,
  bind: ({ workspaceId, version }: { workspaceId: string; version: number }) => ({
    workspace_id: workspaceId,
    version,
    row_characters: TEXT_ROW_CHARACTERS,
  }),
  row: documentPart,
});

/** The diff that the rows of {@link readDeclarationDiff} are. */
export function diffIn(rows: readonly z.infer<typeof documentPart>[]): DeclarationDiff {
  return declarationDiff.parse(documentIn(rows));
}
