import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { portOf } from '../../../infra/local/ports.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A server on a port of its own on this machine. */
export async function listen(answer: Answer) {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(new Error('no answer', { cause: error })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
