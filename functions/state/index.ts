import { openStateStore } from '../../lib/adapters/rds-data/stores/state.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { statePath } from './schema.ts';
import { createState } from './state.ts';

const state = createState({
  tokens: openTokens(readConfig(CONFIG.tokens)),
  store: openStateStore(readConfig(CONFIG.database)),
});

export const handler = http((call) => state(call.bearer(), () => call.path(statePath).id));
