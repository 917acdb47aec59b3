import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeartbeat } from '../../functions/heartbeat/heartbeat.ts';
import { heartbeatRequest } from '../../functions/heartbeat/schema.ts';
import { createDataApiClient, createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { DEFAULT_POLICY } from '../../lib/domain/policy.ts';
import { http } from '../../lib/middleware/http.ts';
import { databaseConfig } from '../support/database.ts';
import { httpEvent } from '../support/events.ts';
import { useLocalAws } from '../support/local-aws.ts';
import { handOver, makeWorkspace, tokens } from '../support/registry.ts';
import { call } from '../support/runtime.ts';
import { shared } from '../support/shared.ts';
import { createStore } from '../support/store.ts';

type HeartbeatStore = Parameters<typeof createHeartbeat>[0]['store'];

/** POST /registry/heartbeat as its function composes it, over another store. */
const heartbeatOver = (store: HeartbeatStore) => {
  const heartbeat = createHeartbeat({
    tokens,
    store,
    reconcile: { request: async () => undefined },
    handOver,
    policy: DEFAULT_POLICY,
    random: Math.random,
    clock: Date.now,
  });
  return http((request) => heartbeat(request.id, request.bearer(), () => request.json(heartbeatRequest)));
};

const beatOf = async () => {
  const made = await makeWorkspace({ status: 'online' });
  return httpEvent('POST /registry/heartbeat', {
    token: await made.token('runtime'),
    body: { workspace_id: made.id, error_rate: 0, active_tasks: 0, uptime_seconds: 1 },
  });
};

describe('a database that takes the call and never answers', () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));

  beforeAll(async () => {
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    silent.close();
    await once(silent, 'close');
    useLocalAws({ dataApi: shared.now.dataApiUrl });
  });

  it.each([
    ['its budget', { tryMs: 5_000, budgetMs: 500, withinMs: 4_000 }],
    ['the time of its three tries', { tryMs: 200, budgetMs: 20_000, withinMs: 10_000 }],
  ])('is 503 within %s', async (_, { tryMs, budgetMs, withinMs }) => {
    const event = await beatOf();
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    useLocalAws({ dataApi: `http://127.0.0.1:${address.port}` });
    const store = createStore(createDatabase({ ...databaseConfig, budgetMs }, createDataApiClient(tryMs)));
    const begun = performance.now();
    const answer = await call(heartbeatOver(store), event);
    expect(performance.now() - begun).toBeLessThan(withinMs);
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'store_unavailable', retry_after_seconds: 5 },
      headers: { 'retry-after': '5' },
    });
    expect(JSON.stringify(answer)).not.toMatch(/abort|timeout|127\.0\.0\.1/i);
  });
});

describe('an error that nobody foresaw', () => {
  it('is 500 internal_error, without a word of it', async () => {
    const recordHeartbeat = () => Promise.reject(new Error('column "secret_plan" of database muster-prod-7'));
    const answer = await call(heartbeatOver({ recordHeartbeat }), await beatOf());
    expect(answer).toMatchObject({
      status: 500,
      body: { code: 'internal_error', request_id: expect.any(String) },
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(JSON.stringify(answer)).not.toMatch(/secret_plan|muster-prod|column/);
  });
});
