import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { createConfirm } from '../../lib/domain/confirm.ts';
import { job } from '../../lib/middleware/job.ts';
import { checked } from '../../lib/middleware/request.ts';
import { createHint } from './hint.ts';
import { hintEvent } from './schema.ts';

const store = createStore(createDatabase(readConfig(CONFIG.database)));
const hint = createHint({ store, confirm: createConfirm({ store, ec2: createInquirer(createEc2Client()) }) });

export const handler = job('hint', async (event: unknown, { awsRequestId }) =>
  hint({ ...checked(hintEvent, event, 'event'), requestId: awsRequestId }),
);
