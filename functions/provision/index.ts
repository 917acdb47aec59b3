import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createLaunch } from '../../lib/adapters/ec2/launch-instance.ts';
import { openStore } from '../../lib/adapters/rds-data/store.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { createProvision } from './provision.ts';
import { provisionRequest } from './schema.ts';

const schema = provisionRequest(readConfig(CONFIG.sources));
const provision = createProvision({
  store: openStore(readConfig(CONFIG.database)),
  tokens: openTokens(readConfig(CONFIG.tokens)),
  launch: createLaunch(createEc2Client()),
  settings: readConfig(CONFIG.launch),
});

export const handler = http((call) => provision(call.json(schema), call.operator(), call.id), { status: 201 });
