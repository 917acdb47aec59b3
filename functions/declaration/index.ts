import { createReconcileRequester } from '../../lib/adapters/lambda/request-reconcile.ts';
import { openDeclarationStore } from '../../lib/adapters/rds-data/stores/declaration.ts';
import { CONFIG, readConfig } from '../../lib/config.ts';
import { declarationSchema } from '../../lib/domain/declaration/document.ts';
import { http } from '../../lib/middleware/http.ts';
import { reply } from '../../lib/middleware/reply.ts';
import { type HttpRequest, routed } from '../../lib/middleware/request.ts';
import { createDeclarations } from './declarations.ts';
import { createDeclare } from './declare.ts';
import { declareQuery, historyQuery, readQuery, workspacePath } from './schema.ts';

const store = openDeclarationStore(readConfig(CONFIG.database));
const declare = createDeclare({ store, reconcile: createReconcileRequester(readConfig(CONFIG.reconcile)) });
const { read, history } = createDeclarations({ store });
const document = declarationSchema(readConfig(CONFIG.sources));

const target = (call: HttpRequest) => call.path(workspacePath).id;
const tagged = (body: { version: number }) => reply({ headers: { etag: `"${body.version}"` }, body });

export const handler = http(
  routed({
    'GET /workspaces/{id}/declaration': async (call) => tagged(await read(target(call), call.query(readQuery))),
    'GET /workspaces/{id}/declaration/history': (call) => history(target(call), call.query(historyQuery)),
    'PUT /workspaces/{id}/declaration': async (call) => {
      const asked = { ...call.query(declareQuery), versions: call.ifMatch(), document: call.json(document) };
      const by = { actor: call.operator(), requestId: call.id };
      return tagged(await declare({ workspaceId: target(call), ...asked, ...by }));
    },
  }),
);
