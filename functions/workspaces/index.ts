import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { createStore } from '../../lib/adapters/rds-data/store.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { http } from '../../lib/middleware/http.ts';
import { checked, routed } from '../../lib/middleware/request.ts';
import { eventsQuery, listQuery, workspaceId } from './schema.ts';
import { createWorkspaces } from './workspaces.ts';

const workspaces = createWorkspaces({ store: createStore(createDatabase(readConfig(CONFIG.database))) });

export const handler = http(
  routed({
    'GET /workspaces': ({ queryStringParameters = {} }) =>
      workspaces.list(checked(listQuery, queryStringParameters, 'query')),
    'GET /workspaces/{id}': ({ pathParameters }) => workspaces.get(checked(workspaceId, pathParameters, 'path').id),
    'GET /workspaces/{id}/events': ({ pathParameters, queryStringParameters = {} }) =>
      workspaces.events(
        checked(workspaceId, pathParameters, 'path').id,
        checked(eventsQuery, queryStringParameters, 'query'),
      ),
  }),
);
