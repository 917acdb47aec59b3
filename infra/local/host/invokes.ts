import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import { chance } from '../chance.ts';
import { portOf } from '../ports.ts';

export type Invokes = {
  /** What the functions call to invoke one another: http://127.0.0.1:<port>, the same for every host. */
  readonly url: string;
  /** From now on invokes go to the host that listens here; until then they are answered 503. */
  forwardTo(lambdaUrl: string): void;
  /**
   * Refuses a part of the asynchronous invokes, 0 to 1, as Lambda does whose queue is full. The same share and seed give
   * the same sequence of invokes.
   */
  refuse(share: number, seed?: number): void;
  /** How many asynchronous invokes were refused since the start. */
  readonly refused: number;
  close(): Promise<void>;
};

// An idle connection may close just as it is used again, and an invoke is tried once.
const agent = new Agent({ keepAlive: false });

/** Stands between the functions and the Invoke of their host. */
export async function openInvokes(): Promise<Invokes> {
  let host: URL | undefined;
  let refusing = { share: 0, seed: 0, drawn: 0 };
  let refused = 0;

  function isRefused({ headers }: IncomingMessage): boolean {
    if (headers['x-amz-invocation-type'] !== 'Event') return false;
    if (chance(`${refusing.seed} ${refusing.drawn++}`) >= refusing.share) return false;
    refused += 1;
    return true;
  }

  const server = createServer((incoming, outgoing) => {
    if (isRefused(incoming)) answer(outgoing, 429, 'TooManyRequestsException', 'Rate Exceeded.');
    else if (host === undefined) unavailable(outgoing);
    else forward(incoming, outgoing, host);
  });
  server.keepAliveTimeout = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    get refused() {
      return refused;
    },
    forwardTo(lambdaUrl) {
      host = new URL(lambdaUrl);
    },
    refuse(share, seed = 0) {
      refusing = { share, seed, drawn: 0 };
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, { hostname, port }: URL): void {
  const { connection: _, ...headers } = incoming.headers;
  const upstream = request({ hostname, port, agent, method: incoming.method, path: incoming.url, headers });
  upstream.on('error', () => unavailable(outgoing));
  upstream.on('response', (response) => {
    const { connection: _, 'keep-alive': __, ...rest } = response.headers;
    outgoing.writeHead(response.statusCode ?? 502, rest);
    response.pipe(outgoing);
    response.on('error', () => outgoing.destroy());
  });
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

function unavailable(outgoing: ServerResponse): void {
  answer(outgoing, 503, 'ServiceException', 'The functions are not there.');
}

function answer(outgoing: ServerResponse, status: number, type: string, message: string): void {
  if (outgoing.headersSent) return;
  outgoing.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  outgoing.end(JSON.stringify({ Type: 'User', message }));
}
