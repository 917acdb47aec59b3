import { expect, it, onTestFinished } from 'vitest';
import type { Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { startHeartbeatUrl } from '../../../infra/local/stack/start-heartbeat-url.ts';
import { listenOnLoopback } from '../agent/http-server.ts';

/** A Function URL over a Lambda that answers each invoke like this. */
async function started(answer: { headers?: Record<string, string>; payload: string }) {
  const invoked: { path: string; event: unknown }[] = [];
  const lambda = await listenOnLoopback((request, body, response) => {
    invoked.push({ path: request.url ?? '', event: JSON.parse(body) });
    response.writeHead(200, { 'content-type': 'application/json', ...answer.headers }).end(answer.payload);
  });
  const parts = new AsyncDisposableStack();
  onTestFinished(async () => {
    await parts.disposeAsync();
    await lambda.stop();
  });
  const lifetime: Lifetime = { parts, over: new AbortController().signal, broke: () => undefined };
  const { HEARTBEAT_URL } = await startHeartbeatUrl(lifetime, lambda.url);
  return { url: HEARTBEAT_URL, invoked };
}

it('what is posted to the heartbeat URL is an invoke of the heartbeat function, and its answer the answer', async () => {
  const { url, invoked } = await started({ payload: JSON.stringify({ statusCode: 409, body: '{"code":"x"}' }) });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
  expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 409, text: '{"code":"x"}' });
  expect(invoked).toMatchObject([
    {
      path: '/2015-03-31/functions/muster-local-heartbeat/invocations',
      event: { routeKey: '$default', rawPath: '/', body: '{"a":1}' },
    },
  ]);
});

it('a function that failed is 502, though its payload looks like an answer', async () => {
  const { url } = await started({
    headers: { 'x-amz-function-error': 'Unhandled' },
    payload: JSON.stringify({ statusCode: 200 }),
  });
  expect((await fetch(url, { method: 'POST' })).status).toBe(502);
});
