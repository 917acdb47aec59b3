import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { job } from '../../lib/middleware/job.ts';
import { checked } from '../../lib/middleware/request.ts';
import { createReconcile } from './reconcile.ts';
import { reconcileEvent } from './schema.ts';

const reconcile = createReconcile({ store: createStore(createDatabase(readConfig(CONFIG.database))) });

export const handler = job('reconcile', async (event: unknown, { awsRequestId }) =>
  reconcile({ ...checked(reconcileEvent, event, 'event'), requestId: awsRequestId }),
);
