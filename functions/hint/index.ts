import { setTimeout as pause } from 'node:timers/promises';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openHintStore } from '../../lib/adapters/rds-data/stores/hint.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { CONVERGE_POLICY } from '../../lib/domain/converge.ts';
import { checked } from '../../lib/middleware/checked.ts';
import { job } from '../../lib/middleware/job.ts';
import { createHint } from './hint.ts';
import { hintEvent } from './schema.ts';

const hint = createHint({
  store: openHintStore(readConfig(CONFIG.database)),
  ec2: createInquirer(),
  converge: createConvergeRequester(readConfig(CONFIG.converge)),
  pollSeconds: CONVERGE_POLICY.pollSeconds,
  ...readConfig(CONFIG.hint),
  pause,
});

/** Kept of the function's time for the round that is under way; one that EC2 holds up is left to the next hint. */
const RESERVE_MS = 15_000;

export const handler = job('hint', async (event: unknown, context) =>
  hint({
    hint: checked(hintEvent, event, 'event'),
    requestId: context.awsRequestId,
    timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  }),
);
