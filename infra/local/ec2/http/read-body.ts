import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A body was longer than its route takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** @throws {BodyTooLarge} above `maxBytes`; all of it is read first, so that the answer gets through. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const body = await buffer(request);
  if (body.length > maxBytes) throw new BodyTooLarge(`The body has more than ${maxBytes} bytes`);
  return body.toString();
}
