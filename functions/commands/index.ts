import { createConvergeRequester } from '../../lib/adapters/lambda/request-converge.ts';
import { openCommandsStore } from '../../lib/adapters/rds-data/stores/commands.ts';
import { openTokens } from '../../lib/adapters/tokens/jwt-tokens.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { type HttpRequest, routed } from '../../lib/middleware/request.ts';
import { createCommands } from './commands.ts';
import { noOptions, restartOptions, workspacePath } from './schema.ts';

const store = openCommandsStore(readConfig(CONFIG.database));
const tokens = openTokens(readConfig(CONFIG.tokens));
const converge = createConvergeRequester(readConfig(CONFIG.converge));
const { order, reissue } = createCommands({ store, tokens, converge });

const by = (call: HttpRequest) => ({ actor: call.operator(), requestId: call.id });
const target = (call: HttpRequest) => ({ workspaceId: call.path(workspacePath).id, ...by(call) });
const plain = (call: HttpRequest) => ({ ...target(call), ...call.query(noOptions) });

export const handler = http(
  routed({
    'POST /workspaces/{id}/restart': (call) => order('restart', { ...target(call), ...call.query(restartOptions) }),
    'POST /workspaces/{id}/pause': (call) => order('pause', plain(call)),
    'POST /workspaces/{id}/resume': (call) => order('resume', plain(call)),
    'POST /workspaces/{id}/hibernate': (call) => order('hibernate', plain(call)),
    'POST /workspaces/{id}/wake': (call) => order('wake', plain(call)),
    'POST /workspaces/{id}/reissue-token': (call) => reissue(plain(call)),
    'DELETE /workspaces/{id}': (call) => order('remove', plain(call)),
  }),
  { status: 202 },
);
