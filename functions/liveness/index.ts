import { createImpairedLister } from '../../lib/adapters/ec2/list-impaired.ts';
import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openLivenessStore } from '../../lib/adapters/rds-data/stores/liveness.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { createEventConsumer } from '../../lib/domain/event-consumer.ts';
import { job } from '../../lib/middleware/job.ts';
import { logger } from '../../lib/observability/logger.ts';
import { count, measure, time } from '../../lib/observability/metrics.ts';
import { createLiveness } from './liveness.ts';

const store = openLivenessStore(readConfig(CONFIG.database));
const liveness = createLiveness({
  store,
  ec2: createImpairedLister(),
  converge: createConvergeRequester(readConfig(CONFIG.converge)),
  ...{ count, measure },
  consumeEvents: createEventConsumer({ store, count, time, log: (message, details) => logger.info(message, details) }),
  brake: readConfig(CONFIG.brake),
  grace: readConfig(CONFIG.grace),
});

/** Kept of the function's time for the statement that is under way when the last one is begun. */
const RESERVE_MS = 10_000;

export const handler = job('liveness', async (_event: unknown, context) =>
  liveness({
    requestId: context.awsRequestId,
    timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  }),
);
