import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { openLaunching } from '../../lib/adapters/ec2/open-launching.ts';
import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openProvisionStore } from '../../lib/adapters/rds-data/stores/provision.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { reply } from '../../lib/middleware/reply.ts';
import { logger } from '../../lib/observability/logger.ts';
import { createProvision } from './provision.ts';
import { provisionRequest } from './schema.ts';

const settings = readConfig(CONFIG.launch);
const store = openProvisionStore(readConfig(CONFIG.database));
const tokens = openTokens(readConfig(CONFIG.tokens));
const schema = provisionRequest(readConfig(CONFIG.sources));
const provision = createProvision({
  ...openLaunching(createEc2Client(), { store, tokens, settings }),
  ...{ store, tokens, settings },
  converge: createConvergeRequester(readConfig(CONFIG.converge)),
  report: (message, details) => logger.error(message, details),
});

export const handler = http(async (call) =>
  reply(await provision(call.idempotencyKey(), call.json(schema), { actor: call.operator(), requestId: call.id })),
);
