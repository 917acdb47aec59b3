import { createReconcileRequester } from '../../lib/adapters/lambda/request-reconcile.ts';
import { openHeartbeatStore } from '../../lib/adapters/rds-data/stores/heartbeat.ts';
import { createArtefactLinks } from '../../lib/adapters/s3/artefact-links.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { type HttpRequest, routed } from '../../lib/middleware/request.ts';
import { failure } from '../../lib/observability/failure.ts';
import { createHandOver } from './hand-over.ts';
import { createHeartbeat } from './heartbeat.ts';
import { heartbeatRequest } from './schema.ts';

const store = openHeartbeatStore(readConfig(CONFIG.database));
const heartbeat = createHeartbeat({
  tokens: openTokens(readConfig(CONFIG.tokens)),
  store,
  reconcile: createReconcileRequester(readConfig(CONFIG.reconcile)),
  handOver: createHandOver({
    store,
    links: createArtefactLinks(readConfig(CONFIG.artefacts)),
    unsigned: failure('ArtefactLinksFailed', 'a plan could not be handed over'),
  }),
  ...{ policy: readConfig(CONFIG.pace), random: Math.random, clock: Date.now },
});

const beat = (call: HttpRequest) => heartbeat(call.id, call.bearer(), () => call.json(heartbeatRequest));

// A Function URL has no routes: what is posted to its root is a beat.
export const handler = http(routed({ 'POST /registry/heartbeat': beat, 'POST /': beat }));
