import * as z from 'zod';
import { statement } from '../statement.ts';

/** Gives the fence back; does nothing for one that was lost meanwhile. */
export const finishSweep = statement({
  sql: `
UPDATE sweep_state SET fence_until = '-infinity', fence_owner = NULL, swept_at = clock_timestamp()
WHERE fence = :fence::bigint
RETURNING fence`,
  bind: ({ fence }: { fence: number }) => ({ fence }),
  row: z.object({ fence: z.int() }),
});
