import { openReadyStore } from '../../lib/adapters/rds-data/stores/ready.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { routed } from '../../lib/middleware/request.ts';
import { createReady } from './ready.ts';

const store = openReadyStore(readConfig(CONFIG.database));
const { ready, buildinfo } = createReady({
  store: { readSchemaVersion: () => store.readSchemaVersion({}) },
  build: readConfig(CONFIG.build),
  now: () => Date.now(),
});

export const handler = http(routed({ 'GET /ready': ready, 'GET /buildinfo': buildinfo }), {
  headers: { 'cache-control': 'max-age=5' },
});
