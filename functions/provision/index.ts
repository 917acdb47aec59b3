import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createLaunch } from '../../lib/adapters/ec2/launch-instance.ts';
import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../lib/adapters/rds-data/store.ts';
import { createJwtTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { signingKeysFrom } from '../../lib/adapters/tokens/signing-keys.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http, requestIdOf } from '../../lib/middleware/http.ts';
import { checked, jsonBody, operatorOf } from '../../lib/middleware/request.ts';
import { createProvision } from './provision.ts';
import { provisionRequest } from './schema.ts';

const schema = provisionRequest(readConfig(CONFIG.sources));
const provision = createProvision({
  store: createStore(createDatabase(readConfig(CONFIG.database))),
  tokens: createJwtTokens(signingKeysFrom(readConfig(CONFIG.tokens).secretId)),
  launch: createLaunch(createEc2Client()),
  settings: readConfig(CONFIG.launch),
});

export const handler = http(async (event, context) => ({
  status: 201,
  body: await provision({
    body: checked(schema, jsonBody(event), 'body'),
    actor: operatorOf(event),
    requestId: requestIdOf(event, context),
  }),
}));
