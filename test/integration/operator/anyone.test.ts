import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { handler as notFoundHandler } from '../../../functions/not-found/index.ts';
import { handler as readyHandler } from '../../../functions/ready/index.ts';
import { readMigrationFiles } from '../../../infra/migrations/files.ts';
import { databaseCalls } from '../../support/database-calls.ts';
import { httpEvent } from '../../support/events.ts';
import { call } from '../../support/runtime.ts';

const files = await readMigrationFiles(join(import.meta.dirname, '../../../infra/migrations'));
const newest = files.filter(({ kind }) => kind === 'migration').at(-1);

describe('what anyone may ask', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is whether the database answers, and at which schema', async () => {
    const { status, body, headers } = await call(readyHandler, httpEvent('GET /ready'));
    expect({ status, body }).toEqual({
      status: 200,
      body: { status: 'ready', schema: newest?.name, sha: 'test', version: '0.0.0' },
    });
    expect(headers).toMatchObject({ 'cache-control': 'max-age=5' });
  });

  it('is which build this is', async () => {
    const { status, body } = await call(readyHandler, httpEvent('GET /buildinfo'));
    expect({ status, body }).toEqual({ status: 200, body: { sha: 'test', version: '0.0.0' } });
  });

  it('is answered in our own form also where there is no route', async () => {
    const { status, body, headers } = await call(notFoundHandler, httpEvent('GET /nowhere'));
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'route_not_found' });
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json' });
  });

  it('is no permission for a web page: a preflight is a route that there is none of', async () => {
    const event = httpEvent('OPTIONS /workspaces');
    const { status, headers } = await call(notFoundHandler, {
      ...event,
      routeKey: '$default',
      headers: { origin: 'https://page.example', 'access-control-request-method': 'GET' },
    });
    expect(status).toBe(404);
    expect(Object.keys(headers ?? {}).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('costs one database call, whoever floods it', async () => {
    await call(readyHandler, httpEvent('GET /ready'));
    const before = await databaseCalls();
    const flood = Array.from({ length: 200 }, () => call(readyHandler, httpEvent('GET /ready')));
    expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await databaseCalls()) - before).toBeLessThanOrEqual(1);
  });

  it('is asked anew after a container was frozen, for which its own clock stood still', async () => {
    await call(readyHandler, httpEvent('GET /ready'));
    const before = await databaseCalls();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const later = Date.now() + 600_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    await call(readyHandler, httpEvent('GET /ready'));
    vi.restoreAllMocks();
    expect((await databaseCalls()) - before).toBe(1);
  });
});
