import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { z } from 'zod';
import { portOf } from '../ports.ts';

export type FunctionUrl = {
  /** What runtimes beat at: http://127.0.0.1:<port>/. */
  readonly url: string;
  close(): Promise<void>;
};

/** Lambda takes no larger request, in bytes. */
const MAX_BYTES = 6 * 1024 * 1024;

/** Bodies of these types come to the function as text, every other in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/;

const structured = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
});

/**
 * Serves a function as a Lambda Function URL without authorization does (AuthType NONE): any method and path is one
 * call of it, with an event of payload format 2.0 that knows no route, `$default`, and nobody who signed.
 *
 * @param invoke calls the function and waits for its answer; throws where the function failed
 */
export async function openFunctionUrl(
  invoke: (event: APIGatewayProxyEventV2) => Promise<unknown>,
): Promise<FunctionUrl> {
  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    // As for the gateway: no web page has business with what runs on this machine.
    if (incoming.headers.origin !== undefined) return refuse(outgoing, 403, 'Forbidden');
    if (body.length > MAX_BYTES) return refuse(outgoing, 413, 'Request Entity Too Large');
    try {
      const answer = structured.parse(await invoke(eventOf(incoming, body)));
      outgoing.writeHead(answer.statusCode, answer.headers).end(answer.body);
    } catch {
      refuse(outgoing, 502, 'Internal Server Error');
    }
  }

  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuse(outgoing: ServerResponse, status: number, message: string): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ Message: message }));
}

/** AWS Lambda Developer Guide, "Invoking Lambda function URLs", request payload. */
function eventOf({ headers, method = 'GET', url = '/' }: IncomingMessage, body: Buffer): APIGatewayProxyEventV2 {
  const { pathname, search, searchParams } = new URL(url, 'http://127.0.0.1');
  const now = new Date();
  const isText = TEXT.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(search === '' ? {} : { queryStringParameters: Object.fromEntries(searchParams) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName: 'local.lambda-url.us-east-1.on.aws',
      domainPrefix: 'local',
      http: {
        method,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: isText ? body.toString('utf8') : body.toString('base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}
