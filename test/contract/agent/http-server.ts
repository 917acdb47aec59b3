import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

export type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void | Promise<void>;

export type LoopbackServer = { readonly url: string; stop(): Promise<void> };

/** An HTTP server on a free port of 127.0.0.1. Stopping it also ends the connections that are still open. */
export async function listenOnLoopback(handler: Handler): Promise<LoopbackServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    await handler(request, Buffer.concat(chunks).toString('utf8'), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
