import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** Keeps how far the sweep has come, so that a run that is killed does not begin with the same pages again. */
export const advanceSweep = statement({
  sql: `
UPDATE sweep_state SET cursor = :cursor::uuid
WHERE fence = :fence::bigint
RETURNING fence`,
  bind: ({ fence, cursor }: { fence: number; cursor: string | null }) => ({ fence, cursor }),
  row: z.object({ fence: z.int() }),
});
