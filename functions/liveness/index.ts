import { openStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { job } from '../../lib/middleware/job.ts';
import { createLiveness } from './liveness.ts';

const liveness = createLiveness({ store: openStore(readConfig(CONFIG.database)) });

/** Kept of the function's time for the statement that is under way when the last one is begun. */
const RESERVE_MS = 10_000;

export const handler = job('liveness', async (_event: unknown, context) =>
  liveness({
    requestId: context.awsRequestId,
    timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  }),
);
