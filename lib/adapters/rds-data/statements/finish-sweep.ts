import * as z from 'zod';
import { statement } from '../statement.ts';

/** Gives the fence back and keeps where the next sweep begins; does nothing for a fence that was lost meanwhile. */
export const finishSweep = statement({
  sql: `
UPDATE sweep_state SET fence_until = '-infinity', cursor = :cursor::uuid, swept_at = clock_timestamp()
WHERE fence = :fence::bigint
RETURNING fence`,
  bind: ({ fence, cursor }: { fence: number; cursor: string | null }) => ({ fence, cursor }),
  row: z.object({ fence: z.int() }),
});
