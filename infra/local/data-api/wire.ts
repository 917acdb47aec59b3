import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { DataApiError } from './errors.ts';

/** The service's limit for a request: 4 MiB. */
const REQUEST_BYTES = 4 * 1024 * 1024;

/** What a request without an encoding hands out; its iterator has no type. */
const bytes = z.instanceof(Buffer);

/**
 * The JSON body of a request; `{}` if it is empty.
 *
 * @throws DataApiError if it is too large or no JSON
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    const chunk = bytes.parse(piece);
    size += chunk.length;
    if (size <= REQUEST_BYTES) chunks.push(chunk); // the rest is read all the same, so that the answer gets through
  }
  if (size > REQUEST_BYTES) throw new DataApiError('RequestEntityTooLargeException', 'The request exceeds 4 MiB.');
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
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
