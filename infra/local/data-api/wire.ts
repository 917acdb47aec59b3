import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { DataApiError } from './errors.ts';

/** The service's limit for a request: 4 MiB. */
const REQUEST_BYTES = 4 * 1024 * 1024;

/**
 * The JSON body of a request; `{}` if it is empty.
 *
 * @throws DataApiError if it is too large or no JSON
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await buffer(request); // all of it, also of one that is too large, so that the answer gets through
  if (body.length > REQUEST_BYTES) {
    throw new DataApiError('RequestEntityTooLargeException', 'The request exceeds 4 MiB.');
  }
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new DataApiError('SerializationException', 'The body is no JSON.', { cause });
  }
}

export function sendJson(response: ServerResponse, body: object): void {
  send(response, 200, body, {});
}

/** Errors carry their type in a header, as the client's protocol (AWS restJson1) reads it. */
export function sendError(response: ServerResponse, error: unknown): void {
  const known = error instanceof DataApiError ? error : new DataApiError('InternalFailure', String(error));
  send(response, known.status, { message: known.message }, { 'x-amzn-errortype': known.type });
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string>): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(text);
}
