import { createReconcileRequester } from '../../lib/adapters/lambda/request-reconcile.ts';
import { openStore } from '../../lib/adapters/rds-data/store.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { createHeartbeat } from './heartbeat.ts';
import { heartbeatRequest } from './schema.ts';

const heartbeat = createHeartbeat({
  tokens: openTokens(readConfig(CONFIG.tokens)),
  store: openStore(readConfig(CONFIG.database)),
  reconcile: createReconcileRequester(readConfig(CONFIG.reconcile)),
  policy: readConfig(CONFIG.pace),
  random: Math.random,
});

export const handler = http((call) => heartbeat(call.id, call.bearer(), () => call.json(heartbeatRequest)));
