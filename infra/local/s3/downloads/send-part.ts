import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Part } from './part.ts';
import type { StoredObject } from './stored-object.ts';

/**
 * Answers GET or HEAD with a part of an object: 200 for the whole of it, else 206.
 * @param cut whether the connection ends in the middle of the body
 */
export function sendPart(
  { socket }: IncomingMessage,
  response: ServerResponse,
  object: StoredObject,
  { start, end, whole }: Part,
  cut: boolean,
): void {
  const { body, contentType, etag, lastModified, metadata } = object;
  response.writeHead(whole ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-type': contentType,
    'content-length': end - start,
    etag,
    'last-modified': lastModified.toUTCString(),
    ...metadata,
    ...(whole ? {} : { 'content-range': `bytes ${start}-${end - 1}/${body.length}` }),
  });
  response.strictContentLength = true;
  // To HEAD node:http sends the head alone.
  if (cut) response.write(body.subarray(start, start + Math.floor((end - start) / 2)), () => socket.destroy());
  else response.end(body.subarray(start, end));
}
