import * as z from 'zod/mini';
import { statement } from '../statement.ts';

type Finished = {
  readonly fence: number;
  /** Workspaces that there was no time for, and those that the brake made wait. */
  readonly backlog: number;
  readonly held: number;
};

/** Gives the fence back and keeps what was left over; does nothing for a fence that was lost meanwhile. */
export const finishSweep = statement({
  sql: `
UPDATE sweep_state SET fence_until = '-infinity', fence_owner = NULL, swept_at = clock_timestamp(),
  backlog = :backlog::integer, held = :held::integer
WHERE fence = :fence::bigint
RETURNING fence`,
  bind: ({ fence, backlog, held }: Finished) => ({ fence, backlog, held }),
  row: z.object({ fence: z.int() }),
});
