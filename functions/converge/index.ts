import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { openLaunching } from '../../lib/adapters/ec2/open-launching.ts';
import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openConvergeStore } from '../../lib/adapters/rds-data/stores/converge.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { CONVERGE_POLICY } from '../../lib/domain/converge.ts';
import { owedEvent } from '../../lib/domain/owed-event.ts';
import { checked } from '../../lib/middleware/checked.ts';
import { job } from '../../lib/middleware/job.ts';
import { createConverge } from './converge.ts';

const client = createEc2Client();
const store = openConvergeStore(readConfig(CONFIG.database));
/** Milliseconds for one look at EC2: as long as EC2 may take, since nobody waits for an answer here. */
const lookMs = 9_000;
const launching = { lookMs, store, tokens: openTokens(readConfig(CONFIG.tokens)), settings: readConfig(CONFIG.launch) };
const converge = createConverge({
  ...openLaunching(client, launching),
  store,
  ec2: createInquirer(client),
  requester: createConvergeRequester(readConfig(CONFIG.converge)),
  policy: CONVERGE_POLICY,
});

export const handler = job({ name: 'converge', runs: 'ConvergeRuns' }, async (event: unknown, context) => {
  const timeLeftMs = () => context.getRemainingTimeInMillis();
  return converge({ ...checked(owedEvent, event, 'event'), requestId: context.awsRequestId, timeLeftMs });
});
