import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { FieldError } from '../domain/errors.ts';
import { BodyTooLarge, InvalidRequest, RouteNotFound, Unauthorized } from '../domain/errors.ts';
import { unstorableTexts } from './text.ts';

/** The largest body that a route takes, in bytes (design section 7). */
const MAX_BODY_BYTES = 64 * 1024;

/** Checks anything against a schema. @throws InvalidRequest naming each field by its path (`plugins[0].sha256`) */
export function checked<T extends z.ZodType>(schema: T, value: unknown, root: string): z.output<T> {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  throw new InvalidRequest(
    outcome.error.issues.map(
      ({ path, message }): FieldError => ({
        field:
          path.reduce<string>(
            (field, key) =>
              typeof key === 'number' ? `${field}[${key}]` : field === '' ? String(key) : `${field}.${String(key)}`,
            '',
          ) || root,
        message,
      }),
    ),
  );
}

/** The request's body as JSON. @throws BodyTooLarge, InvalidRequest */
export function jsonBody(event: APIGatewayProxyEventV2): unknown {
  const body = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) throw new BodyTooLarge(`${bytes} bytes`);
  const document = parsed(body);
  const unstorable = unstorableTexts(document);
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

/** The bearer token. @throws Unauthorized */
export function bearerToken(event: APIGatewayProxyEventV2): string {
  const header = event.headers['authorization'] ?? event.headers['Authorization'] ?? '';
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1];
  if (token === undefined) throw new Unauthorized('no bearer token');
  return token;
}

/** Who calls an operator's route: the IAM principal that API Gateway vouched for, or nobody named on one machine. */
export function operatorOf(event: APIGatewayProxyEventV2): string {
  const context: unknown = event.requestContext;
  const arn = iamArn(context);
  return arn === undefined ? 'operator' : `operator:${arn}`;
}

function iamArn(context: unknown): string | undefined {
  for (const key of ['authorizer', 'iam', 'userArn']) {
    if (typeof context !== 'object' || context === null) return undefined;
    context = Reflect.get(context, key);
  }
  return typeof context === 'string' ? context : undefined;
}

type Route = (event: APIGatewayProxyEventV2) => Promise<unknown>;

/** One function with several routes, by API Gateway's own route key; each answers 200. @throws RouteNotFound */
export function routed(routes: Readonly<Record<string, Route>>) {
  return async (event: APIGatewayProxyEventV2) => {
    const route = routes[event.routeKey];
    if (route === undefined) throw new RouteNotFound(event.routeKey);
    return { status: 200, body: await route(event) };
  };
}
