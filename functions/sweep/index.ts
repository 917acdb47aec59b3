import { createSweepEc2 } from '../../lib/adapters/ec2/open-sweep.ts';
import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openSweepStore } from '../../lib/adapters/rds-data/stores/sweep.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { checked } from '../../lib/middleware/checked.ts';
import { job } from '../../lib/middleware/job.ts';
import { count } from '../../lib/observability/metrics.ts';
import { answerEvent } from './answer-event.ts';
import { sweepEvent } from './schema.ts';

const answer = answerEvent({
  store: openSweepStore(readConfig(CONFIG.database)),
  openEc2: createSweepEc2(readConfig(CONFIG.sweepPace)),
  converge: createConvergeRequester(readConfig(CONFIG.converge)),
  count,
  absence: readConfig(CONFIG.absence),
  brake: readConfig(CONFIG.brake),
});

/** Kept of the function's 55 s for what is written last: EC2 is asked for 45 s of each minute. */
const RESERVE_MS = 10_000;

export const handler = job('sweep', async (event: unknown, context) =>
  answer(checked(sweepEvent, event, 'event'), {
    requestId: context.awsRequestId,
    timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  }),
);
