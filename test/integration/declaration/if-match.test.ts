import { describe, expect, it } from 'vitest';
import { handler as declarationHandler } from '../../../functions/declaration/index.ts';
import { httpEvent } from '../../support/events.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { call } from '../../support/runtime.ts';
import { DRY_RUN, declared, FORCE, plugin, put, read, written } from './declaring.ts';

const NEXT = { plugins: [plugin('a'), plugin('b')] };

describe('If-Match', () => {
  it.each(['"1"', ' "1" ', '"7", "1"', '"1","7"', '*'])('%j lets a write through to version 1', async (ifMatch) => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a'));
    expect(await put(id, NEXT, { ifMatch })).toMatchObject({ status: 200, body: { version: 2, applied: true } });
  });

  it.each(['"0"', '"2"', '"10"', '"0", "2"'])('%j is 409 at version 1, and nothing is written', async (ifMatch) => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('a'));
    const before = await written();
    const identical = { plugins: [plugin('a')] };
    for (const [document, options] of [
      [NEXT, {}],
      [NEXT, FORCE],
      [NEXT, DRY_RUN],
      [identical, {}],
      [{ plugins: [] }, {}],
    ] as const) {
      const { status, body } = await put(id, document, { ...options, ifMatch });
      expect({ status, body }).toMatchObject({ status: 409, body: { code: 'version_conflict', version: 1 } });
      expect(body.diff).toBeUndefined();
    }
    expect(await written()).toBe(before);
  });

  it.each(['W/"1"', '1', '', '"x"', '"01"', '"1', '"1",', '"1" "2"', '*, "1"', '"-1"', '"1.0"'])(
    '%j is 400 and names the header',
    async (ifMatch) => {
      const { id } = await makeWorkspace();
      await declared(id, plugin('a'));
      for (const options of [{}, DRY_RUN]) {
        expect(await put(id, NEXT, { ...options, ifMatch })).toMatchObject({
          status: 400,
          body: { code: 'invalid_request', errors: [{ field: 'If-Match' }] },
        });
      }
    },
  );

  it('with the ETag of a workspace that nobody has declared anything for makes the first version', async () => {
    const { id } = await makeWorkspace();
    const etag = String((await read(id)).headers?.['etag']);
    expect(etag).toBe('"0"');
    expect(await put(id, NEXT, { ifMatch: etag })).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await put(id, { plugins: [] }, { ifMatch: etag, ...FORCE })).toMatchObject({
      status: 409,
      body: { code: 'version_conflict', version: 1 },
    });
  });

  it('is read however the host spells it', async () => {
    const { id } = await makeWorkspace();
    const event = httpEvent('PUT /workspaces/{id}/declaration', { id, body: NEXT });
    const spelt = { ...event, headers: { ...event.headers, 'If-Match': '"4"' } };
    expect(await call(declarationHandler, spelt)).toMatchObject({ status: 409, body: { code: 'version_conflict' } });
  });

  it('goes on from the version that each write answers', async () => {
    const { id } = await makeWorkspace();
    let etag = '"0"';
    for (const names of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      const { status, headers } = await put(id, { plugins: names.map((name) => plugin(name)) }, { ifMatch: etag });
      expect(status).toBe(200);
      etag = String(headers?.['etag']);
    }
    expect(etag).toBe('"3"');
  });
});
