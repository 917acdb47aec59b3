import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** Gives the archive back; what another has taken since stays its own. */
export const finishArchive = statement({
  sql: `
UPDATE archive_state SET owner = NULL, held_until = '-infinity', finished_at = clock_timestamp()
WHERE owner = :owner::uuid`,
  bind: ({ owner }: { readonly owner: string }) => ({ owner }),
  row: z.never(),
});
