import { onTestFinished } from 'vitest';
import { listenOnLoopback } from '../agent/http-server.ts';

type Invoked = { readonly path: string; readonly payload: unknown; readonly authorization: string };
type Weather = {
  /** How many of the first answers never arrive. */
  readonly lost?: number;
  /** What each answer waits for. */
  readonly until?: Promise<unknown>;
};

/** Lambda's Invoke, with one answer for everything. */
export async function startLambda(
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
  { lost = 0, until = Promise.resolve() }: Weather = {},
) {
  const invoked: Invoked[] = [];
  const server = await listenOnLoopback(async (request, text, response) => {
    const { url: path = '', headers: sent } = request;
    invoked.push({ path, payload: JSON.parse(text), authorization: sent.authorization ?? '' });
    if (invoked.length <= lost) return void request.socket.destroy();
    await until;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  onTestFinished(() => server.stop());
  return { url: server.url, invoked, stop: server.stop };
}

export const api = 'http://127.0.0.1:3000';

/** A local stack whose functions are invoked there. */
export const stackWith = (lambda: string) => ({ newestStack: async () => ({ api, lambda }) });

/** Where Lambda takes an Invoke. */
export const pathOf = (name: string) => `/2015-03-31/functions/${name}/invocations`;
