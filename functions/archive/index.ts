import { openArchiveStore } from '../../lib/adapters/rds-data/stores/archive.ts';
import { createObjects } from '../../lib/adapters/s3/put-object.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { job } from '../../lib/middleware/job.ts';
import { logger } from '../../lib/observability/logger.ts';
import { count } from '../../lib/observability/metrics.ts';
import { createArchive } from './archive.ts';

const { bucket, keptMonths } = readConfig(CONFIG.retention);
const archive = createArchive({
  // A month is proved in one statement, which may take the 45 s that the Data API gives it.
  store: openArchiveStore({ ...readConfig(CONFIG.database), budgetMs: 100_000 }, 48_000),
  objects: bucket === undefined ? undefined : createObjects(bucket),
  count,
  warn: (message, details) => logger.warn(message, details),
  keptMonths,
});

/** Kept of the function's time for the object and the statement that are under way when the time is over. */
const RESERVE_MS = 300_000;

export const handler = job({ name: 'archive', runs: 'ArchiveRuns' }, async (_event: unknown, context) =>
  archive({ timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS }),
);
