import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInstanceLister } from '../../lib/adapters/ec2/list-instances.ts';
import { createOperator } from '../../lib/adapters/ec2/operate-instances.ts';
import { openOrphansStore } from '../../lib/adapters/rds-data/stores/orphans.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { checked } from '../../lib/middleware/checked.ts';
import { job } from '../../lib/middleware/job.ts';
import { count } from '../../lib/observability/metrics.ts';
import { createOrphans } from './orphans.ts';
import { orphansEvent } from './schema.ts';

const ec2 = createEc2Client();
const orphans = createOrphans({
  store: openOrphansStore(readConfig(CONFIG.database)),
  lister: createInstanceLister(ec2),
  operator: createOperator(ec2),
  count,
});

/** Kept of the function's time for what was begun last: EC2's answer, and the writing of it. */
const RESERVE_MS = 35_000;

export const handler = job({ name: 'orphans', runs: 'OrphanRuns' }, async (event: unknown, context) =>
  orphans({
    run: context.awsRequestId,
    ...checked(orphansEvent, event, 'event'),
    requestId: context.awsRequestId,
    timeLeftMs: () => context.getRemainingTimeInMillis() - RESERVE_MS,
  }),
);
