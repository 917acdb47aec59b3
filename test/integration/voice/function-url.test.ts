import { afterAll, beforeAll, expect, it } from 'vitest';
import { handler as heartbeatHandler } from '../../../functions/heartbeat/index.ts';
import { createRegister } from '../../../functions/register/register.ts';
import { type FunctionUrl, openFunctionUrl } from '../../../infra/local/host/function-url.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';
import { lambdaContext } from '../../support/events.ts';
import { type Made, makeWorkspace, rowOf, store, tokens } from '../../support/registry.ts';

let functionUrl: FunctionUrl;
beforeAll(async () => {
  functionUrl = await openFunctionUrl((event) => heartbeatHandler(event, lambdaContext()));
});
afterAll(() => functionUrl.close());

const beatOf = ({ id }: Made) => ({ workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 1 });

/** One request to the Function URL, as a runtime sends it unless `init` says otherwise. */
async function send(token: string, init: RequestInit, path = '') {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers };
  const answer = await fetch(`${functionUrl.url}${path}`, { method: 'POST', ...init, headers });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

it.each([
  ['at its root', '', 'application/json'],
  ['at the path of the route', 'registry/heartbeat', 'application/json'],
  ['of a type that comes in base64', '', 'application/octet-stream'],
])('a beat through a Function URL %s is a beat', async (_, path, type) => {
  const made = await makeWorkspace();
  const body = JSON.stringify(beatOf(made));
  const answer = await send(await made.token('runtime'), { body, headers: { 'content-type': type } }, path);
  expect(answer).toMatchObject({ status: 200, body: { status: 'ok', workspace_status: 'online' } });
  expect(await rowOf(made.id)).toMatchObject({ status: 'online' });
});

it('takes no larger body than the route, in text or in base64', async () => {
  const made = await makeWorkspace();
  const token = await made.token('runtime');
  for (const [type, bytes] of [
    ['application/json', 64 * 1024 + 1],
    ['application/octet-stream', 64 * 1024 + 1],
  ] as const) {
    const body = JSON.stringify(beatOf(made)).padEnd(bytes);
    expect(await send(token, { body, headers: { 'content-type': type } })).toMatchObject({ status: 413 });
    expect(await send(token, { body: body.slice(0, -1), headers: { 'content-type': type } })).toMatchObject({
      status: 200,
    });
  }
});

it.each([
  ['GET', ''],
  ['PUT', ''],
  ['OPTIONS', ''],
  ['POST', 'registry/register'],
  ['POST', 'workspaces'],
])('%s /%s there is our own 404, which lets no web page in', async (method, path) => {
  const made = await makeWorkspace();
  const answer = await send(await made.token('runtime'), { method }, path);
  expect(answer).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  expect(await rowOf(made.id)).toMatchObject({ status: 'provisioning' });
});

it.each([
  ['a place to beat at', 'https://beats.example/', { heartbeat_url: 'https://beats.example/' }],
  ['none', undefined, {}],
])('a register of a registry that has %s tells it', async (_, heartbeatUrl, told) => {
  const made = await makeWorkspace();
  const register = createRegister({
    tokens,
    store,
    reconcile: { request: async () => undefined },
    policy: DEFAULT_POLICY,
    heartbeatUrl,
    random: Math.random,
    clock: Date.now,
  });
  const answer = await register('r', await made.token('bootstrap'), () => ({ id: made.id }));
  expect(Object.fromEntries(Object.entries(answer).filter(([name]) => name === 'heartbeat_url'))).toEqual(told);
});
