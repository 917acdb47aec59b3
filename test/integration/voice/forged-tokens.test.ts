import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { base64url, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { portOf } from '../../../infra/local/ports.ts';
import { databaseCalls } from '../../support/database-calls.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';
import { useLocalAws } from '../../support/local-aws.ts';
import { makeWorkspace } from '../../support/registry.ts';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;
const loaded = z.object({ handler: z.custom<Handler>((value) => typeof value === 'function') });

/** Secrets Manager, which counts what it is asked. */
let secretCalls = 0;
async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  secretCalls += 1;
  const headers = { 'x-amz-target': String(incoming.headers['x-amz-target']) };
  const told = await fetch(inject('servers').secrets, { method: 'POST', headers, body: await buffer(incoming) });
  outgoing.writeHead(told.status, { 'content-type': 'application/x-amz-json-1.1' }).end(await told.text());
}
const secrets = createServer((incoming, outgoing) => void answer(incoming, outgoing));

/** The function as Lambda starts it: with no keys read yet. */
const started = async (name: string) =>
  loaded.parse(await import(`${join(import.meta.dirname, '../../../functions', name, 'index.ts')}?counted`)).handler;

const handlers: Record<string, Handler> = {};
beforeAll(async () => {
  // What signs the tokens of this file reads its keys before any is counted.
  await (await makeWorkspace()).token('runtime');
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
  useLocalAws({ secrets: `http://127.0.0.1:${portOf(secrets)}` });
  for (const name of ['register', 'heartbeat', 'state']) handlers[name] = await started(name);
});
afterAll(async () => {
  useLocalAws({ secrets: inject('servers').secrets });
  secrets.closeAllConnections();
  await new Promise((resolve) => secrets.close(resolve));
});

const claimsOf = (sub: string) => ({ sub, gen: 1, ver: 1, kind: 'runtime' });
const signed = (sub: string, kid: string | undefined, key: Uint8Array, alg = 'HS256') =>
  new SignJWT(claimsOf(sub)).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key);
const part = (value: unknown) => base64url.encode(JSON.stringify(value));
const [ours, theirs] = [Buffer.alloc(32, 2), Buffer.alloc(32, 9)];

const FORGED: readonly (readonly [string, (id: string) => Promise<string> | string])[] = [
  ['no header at all', () => ''],
  ['another scheme', () => 'Basic dXNlcjpwYXNz'],
  ['nonsense', () => 'Bearer a.b.c'],
  ['a wrong signature', async (id) => `Bearer ${(await signed(id, 'k2', ours)).slice(0, -4)}AAAA`],
  ['the key of another stage under the same name', async (id) => `Bearer ${await signed(id, 'k2', theirs)}`],
  ['a key that there is none of', async (id) => `Bearer ${await signed(id, 'k9', ours)}`],
  ['a key with the name of a property of every object', async (id) => `Bearer ${await signed(id, 'toString', ours)}`],
  ['no name of a key', async (id) => `Bearer ${await signed(id, undefined, ours)}`],
  ['no algorithm', (id) => `Bearer ${part({ alg: 'none', kid: 'k2' })}.${part(claimsOf(id))}.`],
  ['no algorithm and some signature', (id) => `Bearer ${part({ alg: 'none', kid: 'k2' })}.${part(claimsOf(id))}.AAAA`],
  ['another algorithm', async (id) => `Bearer ${await signed(id, 'k2', Buffer.alloc(64, 2), 'HS512')}`],
  [
    'the right key and no claims',
    async () => `Bearer ${await new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'k2' }).sign(ours)}`,
  ],
  [
    'a megabyte',
    async (id) => `Bearer ${part({ alg: 'HS256', kid: 'k2' })}.${part(claimsOf(id))}${'A'.repeat(1e6)}.AAAA`,
  ],
  ['the token of another workspace', async () => `Bearer ${await (await makeWorkspace()).token('runtime')}`],
];

const callsWith = (id: string, authorization: string) => {
  const beat = { workspace_id: id, error_rate: 0, active_tasks: 0, uptime_seconds: 0 };
  const events = {
    register: httpEvent('POST /registry/register', { body: { id } }),
    heartbeat: httpEvent('POST /registry/heartbeat', { body: beat }),
    state: httpEvent('GET /workspaces/{id}/state', { id }),
  };
  return Object.entries(events).map(async ([name, event]) => {
    const headers = authorization === '' ? event.headers : { ...event.headers, authorization };
    return (await handlers[name]?.({ ...event, headers }, lambdaContext()))?.statusCode;
  });
};

describe('what is forged is refused before the database is asked', () => {
  it.each(FORGED)('%s: 401 of register, heartbeat and state, and no database call', async (_, forge) => {
    const { id } = await makeWorkspace({ status: 'online' });
    const authorization = await forge(id);
    const before = await databaseCalls();
    expect(await Promise.all(callsWith(id, authorization))).toEqual([401, 401, 401]);
    expect(await databaseCalls()).toBe(before);
  });

  it('a right token costs one database call each', async () => {
    const { id, token } = await makeWorkspace({ status: 'online' });
    const authorization = `Bearer ${await token('runtime')}`;
    const before = await databaseCalls();
    expect(await Promise.all(callsWith(id, authorization))).toEqual([200, 200, 200]);
    expect(await databaseCalls()).toBe(before + 3);
  });

  it('a flood of unknown keys asks Secrets Manager once for each function, and not for each token', async () => {
    const { id } = await makeWorkspace();
    for (const kid of ['k3', 'k4', 'k5', 'k6']) {
      await Promise.all(callsWith(id, `Bearer ${await signed(id, kid, theirs)}`));
    }
    // The keys at each function's first token, and at its first unknown key; ten seconds have to pass for a third time.
    expect(secretCalls).toBeLessThanOrEqual(6);
  });
});
