import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../lib/adapters/rds-data/store.ts';
import { createJwtTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { signingKeysFrom } from '../../lib/adapters/tokens/signing-keys.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { bearerToken } from '../../lib/middleware/request.ts';
import { createState } from './state.ts';

const state = createState({
  tokens: createJwtTokens(signingKeysFrom(readConfig(CONFIG.tokens).secretId)),
  store: createStore(createDatabase(readConfig(CONFIG.database))),
});

export const handler = http(async (event) => ({
  status: 200,
  body: await state({ token: bearerToken(event), id: event.pathParameters?.['id'] ?? '' }),
}));
