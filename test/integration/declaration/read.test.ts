import { describe, expect, it } from 'vitest';
import { handler as declarationHandler } from '../../../functions/declaration/index.ts';
import { httpEvent } from '../../support/events.ts';
import { makeWorkspace, transition } from '../../support/registry.ts';
import { call } from '../../support/runtime.ts';
import { sql } from '../../support/sql.ts';
import { DRY_RUN, declared, FORCE, history, plugin, put, read } from './declaring.ts';

describe('GET /workspaces/{id}/declaration', () => {
  it('of a workspace that nobody has declared anything for is version 0, of nothing', async () => {
    const { id } = await makeWorkspace();
    const { status, body, headers } = await read(id);
    expect({ status, body }).toEqual({
      status: 200,
      body: { version: 0, plugins: [], created_at: null, actor: null, forced: false },
    });
    expect(headers).toMatchObject({ etag: '"0"', 'content-type': 'application/json' });
  });

  it('is the newest version as it was sent, with its ETag', async () => {
    const { id } = await makeWorkspace();
    const marked = plugin('b', {
      config: { z: [1, { y: null }], a: { 'b.c': 0.1 }, text: 'é\u2028😀' },
      config_marks: { z: { destructive: true }, a: { required: true } },
    });
    await declared(id, plugin('a'));
    await declared(id, marked, plugin('a'));
    const { body, headers } = await read(id);
    expect(body).toEqual({
      version: 2,
      plugins: [marked, plugin('a')],
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/),
      actor: 'operator',
      forced: false,
    });
    expect(new Date(body.created_at).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(headers).toMatchObject({ etag: '"2"' });
  });

  it('with version is an older one, with what it changed', async () => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a'));
    await declared(id, plugin('b'));
    await declared(id, plugin('b'), plugin('c'));
    const { status, body, headers } = await read(id, { version: '2' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: 2, plugins: [plugin('b')], forced: true });
    expect(body.diff).toEqual({
      additive: [{ kind: 'plugin_added', plugin: 'b', path: [], to: plugin('b') }],
      destructive: [{ kind: 'plugin_removed', plugin: 'a', path: [], from: plugin('a') }],
      already_present: [],
    });
    expect(headers).toMatchObject({ etag: '"2"' });
  });

  it.each(['0', '4', '2147483647', '2147483648', '-1', '1.5', 'x', ''])(
    'with version %j, which is none of its three, is 400 and names it',
    async (version) => {
      const { id } = await makeWorkspace();
      for (const name of ['a', 'b', 'c']) await declared(id, plugin(name));
      expect(await read(id, { version })).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ field: 'version' }] },
      });
    },
  );

  it('works for a removed workspace', async () => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a'));
    await transition(id, 'remove', 'removed', 'terminate');
    expect(await read(id)).toMatchObject({ status: 200, body: { version: 1, plugins: [plugin('a')] } });
    expect(await history(id)).toMatchObject({ status: 200, body: { items: [{ version: 1 }] } });
  });

  it('gives what an older release had taken and would be refused today', async () => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a'));
    await sql(
      `UPDATE declarations SET document = '{"plugins": [{"name": "A b", "version": "", "source": "ftp://x", "sha256": ""}]}'
       WHERE workspace_id = :id::uuid`,
      { id },
    );
    expect((await read(id)).body.plugins).toMatchObject([{ name: 'A b', source: 'ftp://x' }]);
    expect(await put(id, { plugins: [plugin('a')] }, FORCE)).toMatchObject({ status: 200, body: { version: 2 } });
  });
});

describe('GET /workspaces/{id}/declaration/history', () => {
  it('tells of each version who made it and how much it changed, newest first, page by page', async () => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a'), plugin('b'));
    await declared(id, plugin('b'));
    await declared(id, plugin('b'), plugin('c'), plugin('d'));
    const first = await history(id, { limit: '2' });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      items: [
        {
          ...{ version: 3, actor: 'operator', forced: false, additive: 2, destructive: 0 },
          ...{ created_at: expect.stringMatching(/Z$/), request_id: expect.any(String) },
        },
        expect.objectContaining({ version: 2, forced: true, additive: 0, destructive: 1 }),
      ],
      next_cursor: '2',
    });
    const rest = await history(id, { limit: '2', cursor: '2' });
    expect(rest.body).toMatchObject({ items: [{ version: 1, additive: 2, destructive: 0 }], next_cursor: null });
  });

  it('names the request of each version, and no preview', async () => {
    const { id } = await makeWorkspace();
    const event = httpEvent('PUT /workspaces/{id}/declaration', { id, body: { plugins: [plugin('a')] } });
    await call(declarationHandler, event);
    await put(id, { plugins: [] }, DRY_RUN);
    expect((await history(id)).body.items).toMatchObject([{ request_id: event.requestContext.requestId }]);
  });

  it('of a workspace that nobody has declared anything for is empty', async () => {
    const { id } = await makeWorkspace();
    expect(await history(id)).toMatchObject({ status: 200, body: { items: [], next_cursor: null } });
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '201' }, 'limit'],
    [{ cursor: '0' }, 'cursor'],
    [{ cursor: '9999999999' }, 'cursor'],
    [{ version: '1' }, 'query'],
  ])('with %o is 400 and names %s', async (query, field) => {
    const { id } = await makeWorkspace();
    expect(await history(id, query)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});
