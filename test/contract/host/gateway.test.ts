import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type Gateway, openGateway } from '../../../infra/local/host/gateway.ts';
import { freePorts, portOf } from '../../../infra/local/ports.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

type Answer = { status: number; body: string };

/** A gateway before something that answers as serverless-offline does. */
async function gatewayBefore(answer: (request: IncomingMessage, body: string) => Answer): Promise<Gateway> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { status, body } = answer(request, await text(request));
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
  const host = createServer((request, response) => void respond(request, response));
  await listening(host);
  const gateway = await open(0);
  gateway.forwardTo(portOf(host));
  return gateway;
}

async function listening(server: Server): Promise<void> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  opened.push(() => new Promise((resolve) => server.close(resolve)));
  opened.push(() => server.closeAllConnections());
}

async function open(port: number): Promise<Gateway> {
  const gateway = await openGateway(port);
  opened.push(() => gateway.close());
  return gateway;
}

describe('the gateway', () => {
  it('hands on no request over a connection that was used before, which may close just then', async () => {
    const used = new WeakSet<object>();
    const gateway = await gatewayBefore(({ socket }) => {
      if (used.has(socket)) socket.destroy();
      used.add(socket);
      return { status: 200, body: '{}' };
    });
    for (const _ of [1, 2, 3]) expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
  });

  it('hands on method, path, headers and a body over 64 KiB, and the answer', async () => {
    const gateway = await gatewayBefore(({ method, url, headers }, body) => ({
      status: 201,
      body: JSON.stringify({ method, url, key: headers['idempotency-key'], length: body.length }),
    }));
    const init = { method: 'POST', headers: { 'idempotency-key': 'k' }, body: 'x'.repeat(1_000_000) };
    const response = await fetch(`${gateway.url}/workspaces?a=1`, init);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ method: 'POST', url: '/workspaces?a=1', key: 'k', length: 1_000_000 });
  });

  it.each([
    ['throws', 'Error', 500, 'Internal Server Error'],
    ['runs into its timeout', 'LambdaTimeoutError', 503, 'Service Unavailable'],
  ])('answers as API Gateway when a function %s', async (_, errorType, status, message) => {
    const body = JSON.stringify({ errorMessage: 'secret', errorType, stackTrace: ['secret'] });
    const gateway = await gatewayBefore(() => ({ status: 200, body }));
    const response = await fetch(gateway.url);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message });
  });

  it('asks for no compression, which would hide a failed function', async () => {
    const gateway = await gatewayBefore(({ headers }) => ({ status: 200, body: headers['accept-encoding'] ?? 'none' }));
    expect(await (await fetch(gateway.url)).text()).toBe('none');
  });

  it('refuses what comes from a web page', async () => {
    let asked = 0;
    const gateway = await gatewayBefore(() => ({ status: 200, body: String(++asked) }));
    const response = await fetch(gateway.url, { method: 'POST', headers: { origin: 'https://example.com' } });
    expect(response.status).toBe(403);
    expect(asked).toBe(0);
  });

  it('answers 503 before the functions are there, and when they have gone', async () => {
    const early = await open(0);
    expect((await fetch(early.url)).status).toBe(503);
    const [nobody] = await freePorts(1);
    early.forwardTo(nobody ?? 0);
    expect((await fetch(early.url)).status).toBe(503);
  });

  it('takes another port when the wished one is taken', async () => {
    const first = await open(0);
    const second = await open(Number(new URL(first.url).port));
    expect(first.moved).toBe(false);
    expect(second.moved).toBe(true);
    expect(second.url).not.toBe(first.url);
  });
});
