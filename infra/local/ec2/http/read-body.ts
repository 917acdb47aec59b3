import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

/** What a request without an encoding hands out; its iterator has no type. */
const pieceOfBody = z.instanceof(Buffer);

/** A body was longer than its route takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** @throws {BodyTooLarge} above `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = pieceOfBody.parse(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) throw new BodyTooLarge(`The body has more than ${maxBytes} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString();
}
