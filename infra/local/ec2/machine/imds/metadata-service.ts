import type { IncomingMessage } from 'node:http';
import type { Instance } from '../../fleet/instance.ts';
import type { Listener } from '../../http/listen.ts';
import { listen } from '../../http/listen.ts';
import { lookUp, metadataOf } from './metadata.ts';
import { SessionTokens } from './session-tokens.ts';

/** Where one instance's metadata is served. */
export type MetadataService = Listener;

const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
const tokenHeader = 'x-aws-ec2-metadata-token';

/**
 * Starts IMDSv2 for one instance: PUT /latest/api/token, then GET with that token; 401 without one, 404 for what is not
 * there. Version 1 (no token) is off, as HttpTokens=required on EC2.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function startMetadataService(instance: Instance, region: string): Promise<MetadataService> {
  const tokens = new SessionTokens();
  return listen((request, response) => {
    const { status, body, ttl } = answer(request, tokens, () => metadataOf(instance, region));
    response.writeHead(status, { 'content-type': 'text/plain', ...(ttl ? { [ttlHeader]: ttl } : {}) });
    response.end(body);
  });
}

type Answer = { readonly status: number; readonly body: string | Buffer; readonly ttl?: string };
type Metadata = ReturnType<typeof metadataOf>;

function answer(request: IncomingMessage, tokens: SessionTokens, read: () => Metadata): Answer {
  if (request.url === '/latest/api/token') return tokenAnswer(request, tokens);
  if (request.method !== 'GET') return { status: 405, body: 'Method Not Allowed' };
  if (!tokens.isValid(header(request, tokenHeader))) return { status: 401, body: 'Unauthorized' };
  const path = decodePath(request.url ?? '');
  const found = path === undefined ? undefined : lookUp(read(), path);
  return found === undefined ? { status: 404, body: 'Not Found' } : { status: 200, body: found };
}

function tokenAnswer(request: IncomingMessage, tokens: SessionTokens): Answer {
  if (request.method !== 'PUT') return { status: 405, body: 'Method Not Allowed' };
  // A request that came through a proxy was not made by the instance itself.
  if (request.headers['x-forwarded-for'] !== undefined) return { status: 403, body: 'Forbidden' };
  const ttl = header(request, ttlHeader);
  const token = tokens.issue(ttl);
  if (token === undefined || ttl === undefined) return { status: 400, body: 'Bad Request' };
  return { status: 200, body: token, ttl };
}

/** The path under /latest/ without its encoding; undefined when it is elsewhere or not decodable. */
function decodePath(url: string): string | undefined {
  const path = /^\/latest\/([^?#]+)/.exec(url)?.[1];
  try {
    return path === undefined ? undefined : decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
