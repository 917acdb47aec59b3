import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export type Invocation = { readonly functionName: string; readonly type: string; readonly payload: unknown };

export type LambdaServer = {
  readonly url: string;
  readonly invocations: Invocation[];
  /** Whether invokes are refused (TooManyRequestsException) instead of taken. */
  refuses: boolean;
  stop(): Promise<void>;
};

/** A Lambda Invoke endpoint that keeps what it was asked: what asynchronous invokes a handler makes can be counted. */
export async function startLambda(): Promise<LambdaServer> {
  const invocations: Invocation[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const functionName = decodeURIComponent(/\/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1] ?? '');
    const payload: unknown = JSON.parse((await text(request)) || 'null');
    if (lambda.refuses) {
      response.writeHead(429, { 'x-amzn-errortype': 'TooManyRequestsException' }).end('{"message":"Rate exceeded"}');
      return;
    }
    const type = z.string().default('RequestResponse').parse(request.headers['x-amz-invocation-type']);
    invocations.push({ functionName, type, payload });
    response.writeHead(202).end();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      response.destroy(new Error('unreadable invoke', { cause: error })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.int() }).parse(server.address() satisfies AddressInfo | string | null);
  const lambda: LambdaServer = {
    url: `http://127.0.0.1:${port}`,
    invocations,
    refuses: false,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return lambda;
}
