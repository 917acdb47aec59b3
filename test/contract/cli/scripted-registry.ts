import { onTestFinished } from 'vitest';
import { listenOnLoopback } from '../agent/http-server.ts';

export type Asked = {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** Milliseconds, of a clock that only counts. */
  readonly at: number;
};

/** An answer; `lost` ends the connection in its place. */
export type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'lost';

export const ok = (body: unknown, status = 200): Reply => ({ status, body });
export const page = (items: readonly unknown[], next_cursor: string | null = null): Reply => ok({ items, next_cursor });
export const problem = (
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): Reply => ({
  status,
  body: { type: 'about:blank', title: code, status, detail: `${code}.`, code, request_id: 'r1', ...more },
  headers,
});

/** A server that answers as a test tells it, and remembers what it was asked; it ends with the test. */
export async function startScripted(answer: (asked: Asked, nth: number) => Reply) {
  const asked: Asked[] = [];
  const server = await listenOnLoopback((request, text, response) => {
    const { method = '', url = '', headers } = request;
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const call = { method, path: url, headers, body, at: performance.now() };
    asked.push(call);
    const reply = answer(call, asked.length);
    if (reply === 'lost') {
      response.destroy();
      return;
    }
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  });
  onTestFinished(() => server.stop());
  return { url: server.url, asked, stop: server.stop };
}
