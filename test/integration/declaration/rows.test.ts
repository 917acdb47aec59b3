import { expect, it } from 'vitest';
import { makeWorkspace } from '../../support/registry.ts';
import { heartbeat } from '../../support/runtime.ts';
import { declared, FORCE, plugin, put, rowsOfWorkspace } from './declaring.ts';

const B = 'b'.repeat(64);

/** Which transaction wrote each row. */
const writersOf = async (id: string) =>
  Object.fromEntries((await rowsOfWorkspace(id)).map(({ name, written_by }) => [String(name), written_by]));

it.each<[what: string, plugins: ReturnType<typeof plugin>[], touched: string[]]>([
  ['one is added', [plugin('a'), plugin('b'), plugin('c'), plugin('d')], ['d']],
  ['one is changed', [plugin('a'), plugin('b', { version: '1.1.0' }), plugin('c')], ['b']],
  ['one is taken away', [plugin('a'), plugin('c')], ['b']],
  ['one of each', [plugin('b', { config: { x: 1 } }), plugin('c'), plugin('d')], ['a', 'b', 'd']],
])('only the rows that a diff names are touched: %s', async (_, plugins, touched) => {
  const { id } = await makeWorkspace();
  await declared(id, plugin('a'), plugin('b'), plugin('c'));
  const before = await writersOf(id);
  expect(await put(id, { plugins }, FORCE)).toMatchObject({ status: 200, body: { applied: true } });
  const after = await writersOf(id);
  expect(Object.keys(after).sort()).toEqual(plugins.map(({ name }) => name).sort());
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  expect(names.filter((name) => before[name] !== after[name]).sort()).toEqual(touched);
});

it('a change of what no row holds is a version of its own, and touches no row', async () => {
  const { id } = await makeWorkspace();
  await declared(id, plugin('a', { config: { x: 1 } }));
  const before = await writersOf(id);
  const marked = plugin('a', { config: { x: 1 }, config_marks: { x: { destructive: true } } });
  expect(await put(id, { plugins: [marked] }, FORCE)).toMatchObject({ body: { applied: true, version: 2 } });
  expect(await writersOf(id)).toEqual(before);
});

it('the revision counts what changed under one version, and begins again with another', async () => {
  const { id } = await makeWorkspace();
  const revisions: unknown[] = [];
  for (const more of [
    {},
    { sha256: B },
    { sha256: B, config: { x: 1 } },
    { sha256: B, config: { x: 1 }, source: 'https://elsewhere.example.com/a.tgz' },
    { sha256: B, version: '1.0.1' },
    { sha256: B, version: '1.0.1', config: { x: 2 } },
  ]) {
    await declared(id, plugin('a', more), plugin('untouched'));
    const rows = await rowsOfWorkspace(id);
    revisions.push(rows[0]?.['revision']);
    expect(rows[1]).toMatchObject({ name: 'untouched', revision: 0 });
  }
  expect(revisions).toEqual([0, 1, 2, 2, 0, 1]);
});

it.each([
  ['which a runtime has without saying what it is', {}, 1],
  ['whose very content a runtime has told', { sha256: B }, 0],
  ['of which a runtime has another version', { version: '0.9.0' }, 0],
])('the revision of a plugin that comes back, %s', async (_, reported, revision) => {
  const { id, token } = await makeWorkspace();
  await heartbeat(await token('runtime'), id, { plugins: [{ name: 'a', version: '1.0.0', ...reported }] });
  await declared(id, plugin('a'));
  expect(await rowsOfWorkspace(id)).toMatchObject([{ revision }]);
  await declared(id, plugin('a', { version: '2.0.0' }));
  expect(await rowsOfWorkspace(id)).toMatchObject([{ revision: 0 }]);
  await declared(id, plugin('a', { sha256: B }));
  expect(await rowsOfWorkspace(id)).toMatchObject([{ revision }]);
});

it('a configuration that goes leaves an empty one without a digest', async () => {
  const { id } = await makeWorkspace();
  await declared(id, plugin('a', { config: { x: 1 } }));
  await declared(id, plugin('a'));
  expect(await rowsOfWorkspace(id)).toMatchObject([{ config: '{}', config_digest: null, revision: 1 }]);
});
