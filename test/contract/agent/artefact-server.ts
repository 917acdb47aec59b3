import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from './http-server.ts';

export type Serve = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** Serves artefacts by path, each in its own way; remembers the requests, and what part of a file each asked for. */
export async function startArtefactServer() {
  const files = new Map<string, Serve>();
  const requests: string[] = [];
  const ranges: (string | undefined)[] = [];
  const server = await listenOnLoopback(async (request, _body, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    requests.push(path);
    ranges.push(request.headers.range);
    const serve = files.get(path);
    if (serve === undefined) response.writeHead(404).end('no such artefact');
    else await serve(response, request);
  });
  return {
    url: server.url,
    stop: server.stop,
    requests,
    ranges,
    /** Publishes a file and returns its URL. */
    publish(path: string, serve: Buffer | Serve): string {
      files.set(path, Buffer.isBuffer(serve) ? serveWhole(serve) : serve);
      return `${server.url}${path}`;
    },
  };
}

/** Answers with all of a file, whatever part of it is asked for. */
export const serveWhole =
  (file: Buffer): Serve =>
  (response) =>
    void response.end(file);

/** Answers with the part of a file that is asked for, as S3 does. */
export const serveParts =
  (file: Buffer): Serve =>
  (response, { headers: { range } }) => {
    const [, from] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
    if (from === undefined) return void response.end(file);
    const start = Number(from);
    if (start >= file.length) return void response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    const headers = { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` };
    return void response.writeHead(206, headers).end(file.subarray(start));
  };

/** Promises a whole file, sends `size` bytes of it, and breaks the connection. */
export const breakOff =
  (file: Buffer, size: number): Serve =>
  (response) => {
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, size), () => response.destroy());
  };
