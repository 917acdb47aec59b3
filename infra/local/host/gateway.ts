import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { portOf } from '../ports.ts';

export type Gateway = {
  /** What runtimes and operators call: http://127.0.0.1:<port>. */
  readonly url: string;
  /** True when the wished port was taken and another was chosen. */
  readonly moved: boolean;
  /** From now on calls go to serverless-offline's API on this port; until then they are answered 503. */
  forwardTo(port: number): void;
  close(): Promise<void>;
};

/**
 * Stands before serverless-offline's API and answers as API Gateway answers where that one does not:
 * a function that throws or times out is 500 or 503 with a bare `{"message"}` (serverless-offline 14 makes it 200
 * with the stack trace, since the result of a v2 payload has no status code), and there is no CORS. It also owns the
 * public port from the start, so that its address can be told to the functions before they are loaded.
 *
 * A request with an Origin comes from a web page, which has no business with unsigned operator routes: 403.
 *
 * @param wishedPort 0 for any; when it is taken, any.
 */
export async function openGateway(wishedPort: number): Promise<Gateway> {
  // An idle connection may close just as it is used again, which a caller would take for an answer of ours: 503.
  const agent = new Agent({ keepAlive: false });
  let hostPort: number | undefined;
  const server = createServer((incoming, outgoing) => {
    if (incoming.headers.origin !== undefined) answer(outgoing, 403, 'Forbidden');
    else if (hostPort === undefined) answer(outgoing, 503, 'Service Unavailable');
    else forward(incoming, outgoing, { host: '127.0.0.1', port: hostPort, agent });
  });
  const moved = await listen(server, wishedPort);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    moved,
    forwardTo: (port) => {
      hostPort = port;
    },
    close: async () => {
      agent.destroy();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, wishedPort: number): Promise<boolean> {
  try {
    await once(server.listen(wishedPort, '127.0.0.1'), 'listening');
    return false;
  } catch (error) {
    if (wishedPort === 0 || !isTaken(error)) throw error;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return true;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  host: { host: string; port: number; agent: Agent },
): void {
  // Without accept-encoding: hapi would compress, which API Gateway's HTTP APIs never do.
  const { connection: _, 'accept-encoding': __, ...headers } = incoming.headers;
  const upstream = request({ ...host, method: incoming.method, path: incoming.url, headers });
  const unavailable = (error: unknown) => {
    // A caller that has gone takes its call with it.
    if (!outgoing.destroyed) console.error(`Gateway: no answer to ${incoming.method} ${incoming.url}:`, error);
    answer(outgoing, 503, 'Service Unavailable');
  };
  upstream.on('error', unavailable);
  upstream.on('response', (response) => {
    buffer(response).then((body) => pass(response, body, outgoing), unavailable);
  });
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}

function pass(response: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
  const failure = functionFailure(response.statusCode, body);
  if (failure === 'timeout') answer(outgoing, 503, 'Service Unavailable');
  if (failure === 'error') answer(outgoing, 500, 'Internal Server Error');
  if (outgoing.headersSent) return;
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...headers } = response.headers;
  outgoing.writeHead(response.statusCode ?? 502, { ...headers, 'content-length': body.length }).end(body);
}

/** The order of the keys is serverless-offline's own; no answer of ours begins so. */
function functionFailure(status: number | undefined, body: Buffer): 'none' | 'error' | 'timeout' {
  if (status !== 200 || !body.subarray(0, 16).equals(Buffer.from('{"errorMessage":'))) return 'none';
  return body.includes('"errorType":"LambdaTimeoutError"') ? 'timeout' : 'error';
}

function answer(outgoing: ServerResponse, status: number, message: string): void {
  if (outgoing.headersSent) return;
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
}
