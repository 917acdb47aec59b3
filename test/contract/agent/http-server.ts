import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { portOf } from '../../../infra/local/ports.ts';

export type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void | Promise<void>;

export type LoopbackServer = { readonly url: string; stop(): Promise<void> };

/**
 * An HTTP server on a free port of 127.0.0.1. Stopping it also ends the connections that are still open, and throws
 * what the handler threw; until then that costs its caller the connection. The handler is not asked about a request
 * that ends before its body does, as one of an agent that is killed may.
 */
export async function listenOnLoopback(handler: Handler): Promise<LoopbackServer> {
  const failures: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request).catch(() => undefined);
    if (body !== undefined) await handler(request, body, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      failures.push(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (failures.length > 0) throw new AggregateError(failures, 'the server failed to answer');
    },
  };
}
