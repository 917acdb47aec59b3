import { openWorkspacesStore } from '../../lib/adapters/rds-data/stores/workspaces.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { routed } from '../../lib/middleware/request.ts';
import { eventsQuery, listQuery, workspacePath } from './schema.ts';
import { createWorkspaces } from './workspaces.ts';

const workspaces = createWorkspaces({ store: openWorkspacesStore(readConfig(CONFIG.database)) });

export const handler = http(
  routed({
    'GET /workspaces': (call) => workspaces.list(call.query(listQuery)),
    'GET /workspaces/{id}': (call) => workspaces.get(call.path(workspacePath).id),
    'GET /workspaces/{id}/events': (call) => workspaces.events(call.path(workspacePath).id, call.query(eventsQuery)),
  }),
);
