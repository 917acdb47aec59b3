import { createReconcileRequester } from '../../lib/adapters/lambda/request-reconcile.ts';
import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../lib/adapters/rds-data/store.ts';
import { createJwtTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { signingKeysFrom } from '../../lib/adapters/tokens/signing-keys.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http, requestIdOf } from '../../lib/middleware/http.ts';
import { bearerToken, checked, jsonBody } from '../../lib/middleware/request.ts';
import { createRegister } from './register.ts';
import { registerRequest } from './schema.ts';

const register = createRegister({
  tokens: createJwtTokens(signingKeysFrom(readConfig(CONFIG.tokens).secretId)),
  store: createStore(createDatabase(readConfig(CONFIG.database))),
  reconcile: createReconcileRequester(readConfig(CONFIG.reconcile).functionName),
  policy: readConfig(CONFIG.pace),
  random: Math.random,
});

export const handler = http(async (event, context) => ({
  status: 200,
  body: await register({
    token: bearerToken(event),
    requestId: requestIdOf(event, context),
    body: () => checked(registerRequest, jsonBody(event), 'body'),
  }),
}));
