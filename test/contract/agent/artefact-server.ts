import type { ServerResponse } from 'node:http';
import { listenOnLoopback } from './http-server.ts';

export type Serve = (response: ServerResponse) => void | Promise<void>;

/** Serves artefacts by path, each in its own way; counts the requests. */
export async function startArtefactServer() {
  const files = new Map<string, Serve>();
  const requests: string[] = [];
  const server = await listenOnLoopback(async (request, _body, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    requests.push(path);
    const serve = files.get(path);
    if (serve === undefined) response.writeHead(404).end('no such artefact');
    else await serve(response);
  });
  return {
    url: server.url,
    stop: server.stop,
    requests,
    /** Publishes a file and returns its URL. */
    publish(path: string, serve: Buffer | Serve): string {
      files.set(path, Buffer.isBuffer(serve) ? (response) => void response.end(serve) : serve);
      return `${server.url}${path}`;
    },
  };
}
