import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { portOf } from '../../ports.ts';

/** Something that answers HTTP on 127.0.0.1. */
export type Listener = {
  readonly url: string;
  /** Drops open connections and resolves when the port is free. */
  stop(): Promise<void>;
};

/**
 * Listens on 127.0.0.1. A web page (a request with an Origin header) is answered 403. A handler that throws costs
 * its caller the connection and is reported on stderr.
 */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<Listener> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    // Browsers name the page that asks. Without a signature to check, any page could start and end instances here.
    if (request.headers.origin !== undefined) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('Web pages are refused.');
      return;
    }
    try {
      await handle(request, response);
    } catch (error) {
      console.error('EC2 server:', error);
      response.destroy();
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
