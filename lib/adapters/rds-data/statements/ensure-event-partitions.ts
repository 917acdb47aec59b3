import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** Makes the monthly partitions of the events up to three months ahead; answers how many it made. */
export const ensureEventPartitions = statement({
  sql: 'SELECT ensure_event_partitions(3) AS made',
  bind: () => ({}),
  row: z.object({ made: z.int() }),
});
