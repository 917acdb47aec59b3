import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { BodyTooLarge, InvalidRequest, RouteNotFound, Unauthorized } from '../domain/errors.ts';
import { checked } from './checked.ts';
import { unstorableParts } from './storable.ts';

/** The largest body that a route takes, in bytes (design section 7). */
const MAX_BODY_BYTES = 64 * 1024;

/** One call of an HTTP function. What is read is checked: each reader throws what the caller is answered. */
export type HttpRequest = {
  /** Under which the call is known in events, answers and logs. */
  readonly id: string;
  /** API Gateway's own name of the route: `GET /workspaces/{id}`; where it has none, the method and the path as they came. */
  readonly route: string;
  /** The bearer token. @throws Unauthorized */
  bearer(): string;
  /** The IAM principal that API Gateway vouched for, or nobody named on one machine. */
  operator(): string;
  /** The Idempotency-Key header; null without one. @throws InvalidRequest */
  idempotencyKey(): string | null;
  /** The versions that the If-Match header names; null: any, since it names all or is missing. @throws InvalidRequest */
  ifMatch(): readonly number[] | null;
  /** The JSON body. @throws BodyTooLarge, InvalidRequest */
  json<T extends z.core.$ZodType>(schema: T): z.output<T>;
  /** The path's parameters. @throws InvalidRequest */
  path<T extends z.core.$ZodType>(schema: T): z.output<T>;
  /** The query's parameters. @throws InvalidRequest */
  query<T extends z.core.$ZodType>(schema: T): z.output<T>;
};

export function requestIdOf(event: APIGatewayProxyEventV2, context: Context): string {
  return event.requestContext?.requestId ?? context.awsRequestId;
}

export function readRequest(event: APIGatewayProxyEventV2, context: Context): HttpRequest {
  return {
    id: requestIdOf(event, context),
    route: routeOf(event),
    bearer: () => bearerToken(event),
    operator: () => operatorOf(event),
    idempotencyKey: () => idempotencyKeyOf(event),
    ifMatch: () => ifMatchOf(event),
    json: (schema) => checked(schema, jsonBody(event), 'body'),
    path: (schema) => checked(schema, event.pathParameters ?? {}, 'path'),
    query: (schema) => checked(schema, event.queryStringParameters ?? {}, 'query'),
  };
}

/** `$default` is what API Gateway calls what matches none of its routes, and a Function URL, which has none, everything. */
function routeOf({ routeKey, rawPath, requestContext }: APIGatewayProxyEventV2): string {
  return routeKey === '$default' ? `${requestContext.http.method} ${rawPath}` : routeKey;
}

type Route = (request: HttpRequest) => Promise<unknown>;

/** One function with several routes, by API Gateway's own name for each. @throws RouteNotFound */
export function routed(routes: Readonly<Record<string, Route>>): Route {
  return async (request) => {
    const route = routes[request.route];
    if (route === undefined) throw new RouteNotFound(request.route);
    return route(request);
  };
}

function jsonBody(event: APIGatewayProxyEventV2): unknown {
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) throw new BodyTooLarge(`${bytes} bytes`);
  const document = parsed(body);
  const unstorable = unstorableParts(document);
  if (unstorable.length > 0) throw new InvalidRequest(unstorable);
  return document;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InvalidRequest([{ field: 'body', message: 'send a JSON document' }], { cause });
  }
}

function bearerToken(event: APIGatewayProxyEventV2): string {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(headerOf(event, 'Authorization') ?? '')?.[1];
  if (token === undefined) throw new Unauthorized('no bearer token');
  return token;
}

function idempotencyKeyOf(event: APIGatewayProxyEventV2): string | null {
  const key = headerOf(event, 'Idempotency-Key');
  if (key === undefined) return null;
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new InvalidRequest([{ field: 'Idempotency-Key', message: 'send 1 to 255 visible ASCII characters' }]);
}

/** ETags of ours are versions in quotes. A weak one never matches (RFC 9110, section 13.1.1), so it is no use here. */
const VERSIONS = /^[ \t]*"(?:0|[1-9]\d{0,9})"[ \t]*(?:,[ \t]*"(?:0|[1-9]\d{0,9})"[ \t]*)*$/;

function ifMatchOf(event: APIGatewayProxyEventV2): readonly number[] | null {
  const header = headerOf(event, 'If-Match');
  if (header === undefined || header.trim() === '*') return null;
  if (VERSIONS.test(header)) return [...header.matchAll(/\d+/g)].map(([version]) => Number(version));
  throw new InvalidRequest([{ field: 'If-Match', message: 'send an ETag as GET gave it ("3"), a list of them, or *' }]);
}

/** API Gateway sends header names in small letters, other hosts as the caller wrote them. */
const headerOf = (event: APIGatewayProxyEventV2, name: string): string | undefined =>
  event.headers[name.toLowerCase()] ?? event.headers[name];

const signedContext = z.object({
  authorizer: z.object({ iam: z.object({ userArn: z.string().check(z.minLength(1)) }) }),
});

function operatorOf(event: APIGatewayProxyEventV2): string {
  const signed = signedContext.safeParse(event.requestContext);
  return signed.success ? `operator:${signed.data.authorizer.iam.userArn}` : 'operator';
}
