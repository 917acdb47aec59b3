import { describe, expect, it } from 'vitest';
import { handler as notFoundHandler } from '../../../functions/not-found/index.ts';
import { handler as readyHandler } from '../../../functions/ready/index.ts';
import { httpEvent } from '../../support/events.ts';
import { call } from '../../support/runtime.ts';

describe('what anyone may ask', () => {
  it('is whether the database answers, and at which schema', async () => {
    const { status, body, headers } = await call(readyHandler, httpEvent('GET /ready'));
    expect({ status, body }).toEqual({
      status: 200,
      body: { status: 'ready', schema: '0011_power_cycle', sha: 'test', version: '0.0.0' },
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
});
