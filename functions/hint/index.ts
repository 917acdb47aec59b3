import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { createConfirm } from '../../lib/domain/confirm.ts';
import { CONVERGE_POLICY } from '../../lib/domain/converge.ts';
import { checked } from '../../lib/middleware/checked.ts';
import { job } from '../../lib/middleware/job.ts';
import { createHint } from './hint.ts';
import { hintEvent } from './schema.ts';

const store = openStore(readConfig(CONFIG.database));
const hint = createHint({
  store,
  confirm: createConfirm({ store, ec2: createInquirer(createEc2Client()) }),
  converge: createConvergeRequester(readConfig(CONFIG.converge)),
  pollSeconds: CONVERGE_POLICY.pollSeconds,
});

export const handler = job('hint', async (event: unknown, { awsRequestId }) =>
  hint({ ...checked(hintEvent, event, 'event'), requestId: awsRequestId }),
);
