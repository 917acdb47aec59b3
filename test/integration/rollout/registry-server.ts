import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { handler as commands } from '../../../functions/commands/index.ts';
import { handler as heartbeat } from '../../../functions/heartbeat/index.ts';
import { handler as provision } from '../../../functions/provision/index.ts';
import { handler as ready } from '../../../functions/ready/index.ts';
import { handler as register } from '../../../functions/register/index.ts';
import { handler as state } from '../../../functions/state/index.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';
import { listen } from './listen.ts';

const ROUTES = [
  ['POST /workspaces', provision],
  ['DELETE /workspaces/{id}', commands],
  ['GET /workspaces/{id}/state', state],
  ['POST /registry/register', register],
  ['POST /registry/heartbeat', heartbeat],
  ['GET /ready', ready],
  ['GET /buildinfo', ready],
] as const;

/**
 * The handlers that Lambda runs, behind HTTP on this machine.
 * @param broken routes that answer 500 instead
 */
export async function startRegistry(broken: ReadonlySet<string>) {
  return listen(async (request: IncomingMessage, response: ServerResponse) => {
    const [, id] = /^\/workspaces\/([^/]+)/.exec(request.url ?? '') ?? [];
    const asked = `${request.method} ${(request.url ?? '').replace(id ?? '/', id === undefined ? '/' : '{id}')}`;
    const route = ROUTES.find(([key]) => key === asked);
    if (route === undefined || broken.has(asked)) {
      response.writeHead(500).end('{"code": "internal_error"}');
      return;
    }
    const [key, handler] = route;
    const body = await text(request);
    const event = httpEvent(key, { ...(id !== undefined && { id }), ...(body !== '' && { rawBody: body }) });
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    const answer = await handler({ ...event, headers: Object.fromEntries(headers) }, lambdaContext());
    response.writeHead(answer.statusCode ?? 200, { 'content-type': 'application/json' }).end(answer.body);
  });
}
