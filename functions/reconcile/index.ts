import { openStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { owedEvent } from '../../lib/domain/owed-event.ts';
import { checked } from '../../lib/middleware/checked.ts';
import { job } from '../../lib/middleware/job.ts';
import { createReconcile } from './reconcile.ts';

const reconcile = createReconcile({ store: openStore(readConfig(CONFIG.database)) });

export const handler = job('reconcile', async (event: unknown, { awsRequestId }) =>
  reconcile({ ...checked(owedEvent, event, 'event'), requestId: awsRequestId }),
);
