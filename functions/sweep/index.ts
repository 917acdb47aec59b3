import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { createConfirm } from '../../lib/domain/confirm.ts';
import { job } from '../../lib/middleware/job.ts';
import { createSweep } from './sweep.ts';

const store = openStore(readConfig(CONFIG.database));
const sweep = createSweep({
  store,
  confirm: createConfirm({ store, ec2: createInquirer(createEc2Client()) }),
  converge: createConvergeRequester(readConfig(CONFIG.converge)),
});

/** Kept of the function's time for the last page: EC2 may take 20 s for it, and its writes 6 s each. */
const RESERVE_MS = 35_000;

export const handler = job('sweep', async (_event: unknown, context) =>
  sweep({
    requestId: context.awsRequestId,
    timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  }),
);
