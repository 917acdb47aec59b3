import { describe, expect, it } from 'vitest';
import { makeWorkspace } from '../../support/registry.ts';
import { DRY_RUN, declared, FORCE, lastEventOf, plugin, put, read, written } from './declaring.ts';

const SEO = plugin('seo-all', { config: { depth: 3, tags: ['a'] } });

describe('a change that takes nothing away', () => {
  it('applies without force, and is not told as forced with it', async () => {
    const { id } = await makeWorkspace();
    await declared(id, SEO);
    const raised = { ...SEO, version: '1.1.0', sha256: 'b'.repeat(64) };
    expect(await put(id, { plugins: [raised] })).toMatchObject({
      status: 200,
      body: { version: 2, applied: true, force_required: false, diff: { additive: [{ kind: 'version_raised' }] } },
    });
    expect(await put(id, { plugins: [raised, plugin('ads')] }, FORCE)).toMatchObject({
      status: 200,
      body: { version: 3, applied: true, force_required: false },
    });
    expect((await read(id)).body).toMatchObject({ version: 3, plugins: [raised, plugin('ads')], forced: false });
    expect(await lastEventOf(id)).toMatchObject({ evidence: { version: 3, forced: false, additive: 1 } });
  });

  it('is told by a dry run, which writes nothing', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await declared(id, SEO);
    const before = await written();
    const { status, body, headers } = await put(id, { plugins: [SEO, plugin('ads')] }, DRY_RUN);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { version: 1, applied: false, force_required: false, dry_run: true, would_apply: true },
    });
    expect(body.diff.additive).toEqual([{ kind: 'plugin_added', plugin: 'ads', path: [], to: plugin('ads') }]);
    expect(headers).toMatchObject({ etag: '"1"' });
    expect(await written()).toBe(before);
  });
});

describe('a change that takes something away', () => {
  const diff = {
    additive: [{ kind: 'plugin_added', plugin: 'ads', path: [], to: plugin('ads') }],
    destructive: [{ kind: 'config_removed', plugin: 'seo-all', path: ['config', 'depth'], from: 3 }],
    already_present: [],
  };
  const smaller = { plugins: [{ ...SEO, config: { tags: ['a'] } }, plugin('ads')] };

  it('is 409 without force, with the whole diff, and nothing is written', async () => {
    const { id } = await makeWorkspace({ status: 'online' });
    await declared(id, SEO);
    const before = await written();
    const { status, body } = await put(id, smaller);
    expect({ status, body }).toMatchObject({ status: 409, body: { code: 'force_required', version: 1 } });
    expect(body.diff).toEqual(diff);
    expect(await written()).toBe(before);
  });

  it('applies with force, and is told as forced', async () => {
    const { id } = await makeWorkspace();
    await declared(id, SEO);
    expect((await put(id, smaller, FORCE)).body).toEqual({ version: 2, applied: true, diff, force_required: true });
    expect((await read(id)).body).toMatchObject({ version: 2, ...smaller, forced: true });
    expect((await lastEventOf(id)).evidence).toEqual({
      version: 2,
      forced: true,
      additive: 1,
      destructive: 1,
      changes: [
        { kind: 'config_removed', plugin: 'seo-all', path: ['config', 'depth'] },
        { kind: 'plugin_added', plugin: 'ads', path: [] },
      ],
    });
  });

  it.each([
    [{ dry_run: 'true' }, false],
    [{ dry_run: 'true', force: 'true' }, true],
    [{ dry_run: 'true', force: 'false' }, false],
  ])('with %o is answered the diff, and would apply: %s', async (query, would_apply) => {
    const { id } = await makeWorkspace();
    await declared(id, SEO);
    const before = await written();
    const { status, body } = await put(id, smaller, { query });
    expect({ status, body }).toEqual({
      status: 200,
      body: { version: 1, applied: false, diff, force_required: true, dry_run: true, would_apply },
    });
    expect(await written()).toBe(before);
  });
});
