import { createReconcileRequester } from '../../lib/adapters/lambda/request-reconcile.ts';
import { openRegisterStore } from '../../lib/adapters/rds-data/stores/register.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { createRegister } from './register.ts';
import { registerRequest } from './schema.ts';

const register = createRegister({
  tokens: openTokens(readConfig(CONFIG.tokens)),
  store: openRegisterStore(readConfig(CONFIG.database)),
  reconcile: createReconcileRequester(readConfig(CONFIG.reconcile)),
  policy: readConfig(CONFIG.pace),
  heartbeatUrl: readConfig(CONFIG.heartbeatUrl),
  random: Math.random,
  clock: Date.now,
});

export const handler = http((call) => register(call.id, call.bearer(), () => call.json(registerRequest)));
