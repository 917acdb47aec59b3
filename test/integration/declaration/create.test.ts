import { describe, expect, it } from 'vitest';
import { handler as provisionHandler } from '../../../functions/provision/index.ts';
import { httpEvent } from '../../support/events.ts';
import { SEO_ALL } from '../../support/registry.ts';
import { call } from '../../support/runtime.ts';
import { history, plugin, put, read, rowsOfWorkspace } from './declaring.ts';

describe('POST /workspaces', () => {
  const create = async (declaration: unknown) => {
    const body = { name: 'n', runtime: 'r', external: true, ...(declaration === undefined ? {} : { declaration }) };
    const answer = await call(provisionHandler, httpEvent('POST /workspaces', { body }));
    return { ...answer, id: String(answer.body.id) };
  };

  it('takes the same document, as version 1', async () => {
    const seo = plugin('seo-all', { config: { depth: 3 }, config_marks: { depth: { destructive: true } } });
    const { status, id } = await create({ plugins: [seo, plugin('ads')] });
    expect(status).toBe(201);
    const { body, headers } = await read(id, { version: '1' });
    expect(body).toMatchObject({ version: 1, plugins: [seo, plugin('ads')], actor: 'operator', forced: false });
    expect(body.diff.additive).toMatchObject([{ plugin: 'ads' }, { plugin: 'seo-all' }]);
    expect(headers).toMatchObject({ etag: '"1"' });
    expect(await rowsOfWorkspace(id)).toMatchObject([
      { name: 'ads', config: '{}', config_digest: null, revision: 0 },
      { name: 'seo-all', config: '{"depth": 3}', config_digest: expect.stringMatching(/^[0-9a-f]{64}$/), revision: 0 },
    ]);
    expect((await history(id)).body.items).toMatchObject([
      { version: 1, additive: 2, destructive: 0, request_id: expect.any(String) },
    ]);
    expect(await put(id, { plugins: [plugin('ads'), seo] }, { ifMatch: '"1"' })).toMatchObject({
      status: 200,
      body: { version: 1, applied: false },
    });
  });

  it('with an empty one makes version 1 of nothing, and without one none', async () => {
    const [empty, none] = [await create({ plugins: [] }), await create(undefined)];
    expect((await read(empty.id, { version: '1' })).body).toMatchObject({
      version: 1,
      plugins: [],
      diff: { additive: [], destructive: [], already_present: [] },
    });
    expect((await read(none.id)).body).toMatchObject({ version: 0, plugins: [] });
    expect(await put(empty.id, SEO_ALL, { ifMatch: '"1"' })).toMatchObject({ body: { version: 2, applied: true } });
    expect(await put(none.id, { plugins: [] })).toMatchObject({ body: { version: 0, applied: false } });
  });

  it('refuses what PUT refuses', async () => {
    const { status, body } = await create({ plugins: [plugin('a', { config: { n: 2 ** 60 } })] });
    expect({ status, errors: body.errors }).toMatchObject({
      status: 400,
      errors: [{ field: 'declaration.plugins[0].config.n' }],
    });
  });
});
