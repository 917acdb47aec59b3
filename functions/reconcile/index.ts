import { openReconcileStore } from '../../lib/adapters/rds-data/stores/reconcile.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { owedEvent } from '../../lib/domain/owed-event.ts';
import { checked } from '../../lib/middleware/checked.ts';
import { job } from '../../lib/middleware/job.ts';
import { createReconcile } from './reconcile.ts';

const reconcile = createReconcile({ store: openReconcileStore(readConfig(CONFIG.database)) });

/** Kept of the function's time for what is under way when the last workspace is begun. */
const RESERVE_MS = 15_000;

export const handler = job({ name: 'reconcile', runs: 'ReconcileRuns' }, async (event: unknown, context) =>
  reconcile({
    ...checked(owedEvent, event, 'event'),
    requestId: context.awsRequestId,
    timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  }),
);
