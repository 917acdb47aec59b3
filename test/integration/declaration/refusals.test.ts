import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler as declarationHandler } from '../../../functions/declaration/index.ts';
import { httpEvent } from '../../support/events.ts';
import { makeWorkspace } from '../../support/registry.ts';
import { call } from '../../support/runtime.ts';
import { declared, history, owedBy, plugin, put, read, written } from './declaring.ts';

describe('regression: an invalid document previews clean', () => {
  const wrong: [what: string, document: unknown, field: string][] = [
    ['no plugins', {}, 'plugins'],
    ['plugins that are no list', { plugins: {} }, 'plugins'],
    ['a key that is not known', { plugins: [], plugin: [] }, 'body'],
    ['a list', [], 'body'],
    ['a name that is a path', { plugins: [plugin('../x')] }, 'plugins[0].name'],
    ['a plugin twice', { plugins: [plugin('ads'), plugin('ads')] }, 'plugins'],
    ['no version', { plugins: [{ ...plugin('ads'), version: undefined }] }, 'plugins[0].version'],
    ['a short sha256', { plugins: [plugin('ads'), plugin('b', { sha256: 'a' })] }, 'plugins[1].sha256'],
    ['a source in plain http', { plugins: [plugin('a', { source: 'http://example.com/a' })] }, 'plugins[0].source'],
    ['a source with a password', { plugins: [plugin('a', { source: 'https://a:b@c/a' })] }, 'plugins[0].source'],
    ['a config that is a list', { plugins: [{ ...plugin('a'), config: [1] }] }, 'plugins[0].config'],
    ['a key of a config that is a path', { plugins: [plugin('a', { config: { '/x': 1 } })] }, 'plugins[0].config./x'],
    ['a number beyond 2^53', { plugins: [plugin('a', { config: { n: 2 ** 53 } })] }, 'plugins[0].config.n'],
    [
      'marks of what is not there',
      { plugins: [{ ...plugin('a'), config_marks: { x: { required: true } } }] },
      'plugins[0].config_marks.x',
    ],
    ['a NUL character', { plugins: [plugin('a', { config: { n: 'a\0' } })] }, 'plugins[0].config.n'],
  ];

  it.each(wrong)('with %s is refused by the dry run as it is by the call', async (_, document, field) => {
    const { id } = await makeWorkspace();
    await declared(id, plugin('seo-all'));
    const before = await written();
    const answers = [];
    for (const query of [{}, { dry_run: 'true' }, { force: 'true' }, { dry_run: 'true', force: 'true' }]) {
      const { status, body } = await put(id, document, { query });
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_request' });
      expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
      answers.push(body.errors);
    }
    expect(new Set(answers.map((errors) => JSON.stringify(errors))).size).toBe(1);
    expect(await written()).toBe(before);
  });
});

describe('a call that is none', () => {
  it.each([
    ['an unknown id', randomUUID(), 404, 'workspace_not_found'],
    ['an id that is no uuid', 'abc', 400, 'invalid_request'],
  ])('with %s is %s', async (_, id, status, code) => {
    for (const answer of [await read(id), await read(id, { version: '1' }), await history(id)]) {
      expect(answer).toMatchObject({ status, body: { code } });
    }
  });

  it.each([
    [{ dryrun: 'true' }, /dryrun/, 'query'],
    [{ dry_run: 'yes' }, /./, 'dry_run'],
    [{ dry_run: '' }, /./, 'dry_run'],
    [{ force: '1' }, /./, 'force'],
    [{ force: 'true,false' }, /./, 'force'],
    [{ force: 'true', version: '1' }, /version/, 'query'],
  ])('with %o to PUT is 400, and nothing is declared', async (query, message, field) => {
    const { id } = await makeWorkspace();
    const { status, body } = await put(id, { plugins: [] }, { query });
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ field, message: expect.stringMatching(message) }],
    });
    expect(await owedBy(id)).toMatchObject({ declaration_version: 0 });
  });

  it('with a version that GET does not take is 400', async () => {
    const { id } = await makeWorkspace();
    expect(await read(id, { versoin: '1' })).toMatchObject({ status: 400, body: { errors: [{ field: 'query' }] } });
  });

  it('to a route that there is not is 404', async () => {
    const { id } = await makeWorkspace();
    expect(await call(declarationHandler, httpEvent('DELETE /workspaces/{id}/declaration', { id }))).toMatchObject({
      status: 404,
      body: { code: 'route_not_found' },
    });
  });
});
