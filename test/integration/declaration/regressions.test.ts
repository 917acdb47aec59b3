import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeclare } from '../../../functions/declaration/declare.ts';
import { type Declaration, declarationSchema } from '../../../lib/domain/declaration/document.ts';
import { rowsOf } from '../../../lib/domain/declaration/rows.ts';
import { makeWorkspace, store } from '../../support/registry.ts';
import { heartbeat, reconcile, reconcileOwed, register } from '../../support/runtime.ts';
import { DRY_RUN, declared, FORCE, owedBy, plugin, put, read, rowsOfWorkspace } from './declaring.ts';

const value = fc.constantFrom(
  0,
  1,
  1.5,
  -3,
  0.1,
  'x',
  'é\u2028😀',
  '',
  true,
  false,
  null,
  [],
  [1, [null]],
  { a: 1 },
  { b: { c: 2 } },
);
const key = fc.constantFrom('a', 'b', 'a.b', 'depth', 'constructor', 'toString');
const config = fc.dictionary(key, value, { maxKeys: 4 });
const flags = fc.constantFrom({ required: true }, { destructive: true }, { required: true, destructive: true });

/** Whatever it has of a plugin may be what another declaration has, or not. */
const anyPlugin = fc
  .record({
    name: fc.constantFrom('ads', 'seo-all', 'seo.all', 'z'),
    version: fc.constantFrom('1.0.0', '1.1.0', '2.0.0', '0.1.0', '0.2.0', 'latest', '1.0.0-rc.1'),
    source: fc.constantFrom('https://a.example.com/1.tgz', 'https://b.example.com/1.tgz', 's3://bucket/key.tgz'),
    sha256: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
    config,
    marked: fc.dictionary(key, flags, { maxKeys: 3 }),
  })
  .map(({ marked, ...wanted }) => ({
    ...wanted,
    config_marks: Object.fromEntries(Object.entries(marked).filter(([name]) => Object.hasOwn(wanted.config, name))),
  }));

const anyDocument = fc.record({
  plugins: fc.uniqueArray(anyPlugin, { selector: ({ name }) => name, maxLength: 4 }),
});

const schema = declarationSchema({ allowLoopbackSources: false });

/** A declared plugin's row, as the table gives it or as it is to be. */
const contentOf = ({ name, version, source, sha256, config, config_digest }: Readonly<Record<string, unknown>>) => ({
  ...{ name, version, source, sha256, config_digest },
  config: typeof config === 'string' ? JSON.parse(config) : config,
});

const byName = ({ plugins }: { plugins: readonly { name: string }[] }) =>
  plugins.toSorted((one, other) => (one.name < other.name ? -1 : 1));

describe('regression: preview says additive, write says conflict', () => {
  it('whatever is declared after whatever, the dry run tells what the call then does', async () => {
    const { id } = await makeWorkspace();
    let version = 0;
    await fc.assert(
      fc.asyncProperty(anyDocument, async (document) => {
        const dry = await put(id, document, DRY_RUN);
        const forcedDry = await put(id, document, { query: { dry_run: 'true', force: 'true' } });
        const plain = await put(id, document);
        expect([dry.status, forcedDry.status, forcedDry.body.would_apply]).toEqual([200, 200, true]);
        expect(forcedDry.body.diff).toEqual(dry.body.diff);
        expect(plain.body.diff).toEqual(dry.body.diff);
        expect(plain.status).toBe(dry.body.would_apply ? 200 : 409);
        expect(dry.body.force_required).toBe(!dry.body.would_apply);
        const last = dry.body.force_required ? await put(id, document, FORCE) : plain;
        expect(last).toMatchObject({ status: 200, body: { diff: dry.body.diff } });
        const changed = dry.body.diff.additive.length + dry.body.diff.destructive.length > 0;
        version += changed ? 1 : 0;
        expect(last.body).toMatchObject({ applied: changed, version });
        // What was applied is there, and is told apart from nothing any more.
        const again = await put(id, document);
        expect(again).toMatchObject({ status: 200, body: { applied: false, version } });
        expect(again.body.diff.already_present).toEqual(byName(document).map(({ name }) => name));
        expect((await rowsOfWorkspace(id)).map(contentOf)).toEqual(rowsOf(schema.parse(document)).map(contentOf));
      }),
      { numRuns: 60 },
    );
  });
});

describe('regression: additive answers 200 and is dropped', () => {
  it('what a 200 has applied is in the rows, in what is read, and in the plan that the next beat carries', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    const seo = plugin('seo-all', { config: { depth: 3 } });
    for (const [at, plugins] of [[seo], [seo, plugin('ads')]].entries()) {
      const { status, body } = await put(made.id, { plugins });
      expect({ status, applied: body.applied, version: body.version }).toEqual({
        status: 200,
        applied: true,
        version: at + 1,
      });
      expect(byName((await read(made.id)).body)).toEqual(byName({ plugins }));
      expect(await rowsOfWorkspace(made.id)).toMatchObject(byName({ plugins }).map(({ name }) => ({ name })));
      await reconcile(made.id);
      const { plan } = (await heartbeat(token, made.id, { plugins: [] })).body;
      expect(plan.actions.map(({ action, name }: Record<string, string>) => [action, name])).toEqual(
        byName({ plugins }).map(({ name }) => ['install', name]),
      );
    }
    const { plan } = (await heartbeat(token, made.id, { plugins: [] })).body;
    expect(plan.actions[1]).toMatchObject({ name: 'seo-all', version: '1.0.0', config: { depth: 3 } });
  });

  it.each<[what: string, change: Partial<Declaration['plugins'][number]>, row: object]>([
    ['a raised version', { version: '1.2.0', sha256: 'c'.repeat(64) }, { version: '1.2.0', sha256: 'c'.repeat(64) }],
    ['a new key', { config: { depth: 3, more: true } }, { config: '{"more": true, "depth": 3}' }],
    ['another value', { config: { depth: 4 } }, { config: '{"depth": 4}' }],
  ])('%s is in the row', async (_, change, row) => {
    const { id } = await makeWorkspace();
    const before = plugin('seo-all', { config: { depth: 3 } });
    await declared(id, before);
    expect(await put(id, { plugins: [{ ...before, ...change }] })).toMatchObject({
      status: 200,
      body: { applied: true },
    });
    expect(await rowsOfWorkspace(id)).toMatchObject([row]);
  });
});

describe('regression: force on one workspace touches another', () => {
  it('with everything forced away here, all of the other is as it was', async () => {
    const [here, there] = [await makeWorkspace({ status: 'online' }), await makeWorkspace({ status: 'online' })];
    for (const { id } of [here, there]) await declared(id, plugin('ads'), plugin('seo-all', { config: { depth: 3 } }));
    const before = [await rowsOfWorkspace(there.id), await owedBy(there.id), (await read(there.id)).body];
    const changed = plugin('seo-all', { version: '2.0.0', config: { depth: 'x' } });
    expect(await put(here.id, { plugins: [changed] }, FORCE)).toMatchObject({
      body: { applied: true, force_required: true },
    });
    expect(await put(here.id, { plugins: [] }, FORCE)).toMatchObject({ body: { applied: true } });
    expect(await rowsOfWorkspace(here.id)).toEqual([]);
    expect([await rowsOfWorkspace(there.id), await owedBy(there.id), (await read(there.id)).body]).toEqual(before);
  });
});

describe("regression: the reconcile trigger is lost with the function's crash", () => {
  const crashed = (id: string, document: Declaration) => {
    const reconcileRequester = { request: () => Promise.reject(new Error('the function was killed')) };
    const declare = createDeclare({ store, reconcile: reconcileRequester });
    const by = { actor: 'operator', requestId: 'crashed' };
    return declare({ workspaceId: id, document, dryRun: false, force: false, versions: null, ...by });
  };

  it('a crash between the write and the invoke leaves it owed, and the schedule makes the plan', async () => {
    const made = await makeWorkspace();
    const token = await made.token('runtime');
    await register(token, { id: made.id, boot_id: 'b1', plugins: [] });
    await reconcile(made.id);
    expect(await owedBy(made.id)).toMatchObject({ reconcile_wanted: 1, reconcile_done: 1 });
    await expect(crashed(made.id, { plugins: [plugin('ads')] })).rejects.toThrow('killed');
    expect(await owedBy(made.id)).toMatchObject({ declaration_version: 1, reconcile_wanted: 2, reconcile_done: 1 });
    await reconcileOwed();
    expect((await heartbeat(token, made.id, { plugins: [] })).body.plan.actions).toMatchObject([
      { action: 'install', name: 'ads' },
    ]);
  });
});
