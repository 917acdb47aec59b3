import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { routed } from '../../lib/middleware/request.ts';
import { createReady } from './ready.ts';

const store = createStore(createDatabase(readConfig(CONFIG.database)));
const { ready, buildinfo } = createReady({
  store: { readSchemaVersion: () => store.readSchemaVersion({}) },
  build: readConfig(CONFIG.build),
  now: () => performance.now(),
});
const route = routed({ 'GET /ready': ready, 'GET /buildinfo': buildinfo });

export const handler = http(async (event) => ({ ...(await route(event)), headers: { 'cache-control': 'max-age=5' } }));
