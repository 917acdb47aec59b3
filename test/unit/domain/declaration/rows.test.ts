import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../lib/domain/canonical.ts';
import { classify } from '../../../../lib/domain/declaration/classify.ts';
import type { DeclaredPlugin } from '../../../../lib/domain/declaration/document.ts';
import { type Row, rowsOf, rowsTouchedBy } from '../../../../lib/domain/declaration/rows.ts';
import { declaration, plugin } from './arbitraries.ts';

const sha256 = 'f'.repeat(64);
const source = 's3://bucket/a.tgz';

const touched = (from: DeclaredPlugin[], to: DeclaredPlugin[]) =>
  rowsTouchedBy(classify({ plugins: from }, { plugins: to }), { plugins: to });

/** A row without how it came to be. */
const content = ({ content_changed: _, ...row }: Row) => row;

describe('the rows of a first declaration', () => {
  it('are its plugins, sorted by name, each with the digest of its configuration', () => {
    const config = { b: 1, a: 2 };
    const config_digest = digestOf({ a: 2, b: 1 });
    const document = { plugins: [plugin({ name: 'b', config, config_marks: { a: { required: true } } }), plugin({})] };
    expect(rowsOf(document)).toEqual([
      { ...plugin({}), config: {}, config_digest: null, content_changed: false },
      { ...plugin({ name: 'b' }), config, config_digest, content_changed: false },
    ]);
  });
});

type Case = readonly [string, DeclaredPlugin, DeclaredPlugin, boolean];

describe('the rows that a diff touches', () => {
  it.each<Case>([
    ['another version', plugin({}), plugin({ version: '2' }), false],
    ['another source', plugin({}), plugin({ source }), false],
    ['another sha256', plugin({}), plugin({ sha256 }), true],
    ['a new configuration', plugin({}), plugin({ config: { a: 1 } }), true],
    ['another value', plugin({ config: { a: 1 } }), plugin({ config: { a: 2 } }), true],
    ['a configuration that goes', plugin({ config: { a: 1 } }), plugin({}), true],
    ['another version with another sha256', plugin({}), plugin({ version: '2', sha256 }), false],
    ['another version with a configuration', plugin({}), plugin({ version: '2', config: { a: 1 } }), false],
  ])(
    'are, by %s, the plugin as it is to be, and say whether its version has other content',
    (_, from, to, content_changed) => {
      const config_digest = to.config === undefined ? null : digestOf(to.config);
      const row = { ...to, config: to.config ?? {}, config_digest, content_changed };
      expect(touched([plugin({ name: 'b' }), from], [plugin({ name: 'b' }), to])).toEqual({
        upserts: [row],
        removals: [],
      });
    },
  );

  it('are none where marks alone are others, or what no row has', () => {
    const config = { a: 1 };
    const marked = plugin({ config, config_marks: { a: { destructive: true } } });
    const surprising = { ...plugin({ config }), surprise: 1 };
    expect(touched([plugin({ config })], [marked])).toEqual({ upserts: [], removals: [] });
    expect(touched([plugin({ config })], [surprising])).toEqual({ upserts: [], removals: [] });
  });

  it('are those to be removed and those to be written, each sorted by name', () => {
    const named = (...names: string[]) => names.map((name) => plugin({ name }));
    const { upserts, removals } = touched(named('d', 'b', 'e', 'kept'), named('kept', 'c', 'a'));
    expect(upserts.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(removals).toEqual(['b', 'd', 'e']);
  });

  it('make the rows of one declaration those of the other, and no row is written that is the same', () => {
    fc.assert(
      fc.property(declaration, declaration, (current, proposed) => {
        const { upserts, removals } = rowsTouchedBy(classify(current, proposed), proposed);
        const before = new Map(rowsOf(current).map((row) => [row.name, row]));
        for (const row of upserts) expect(content(row)).not.toEqual(contentOf(before.get(row.name)));
        const after = new Map(before);
        for (const name of removals) expect(after.delete(name)).toBe(true);
        for (const row of upserts) after.set(row.name, row);
        expect(new Map([...after].map(([name, row]) => [name, content(row)]))).toEqual(
          new Map(rowsOf(proposed).map((row) => [row.name, content(row)])),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('have other content under one version exactly where sha256 or configuration are others', () => {
    fc.assert(
      fc.property(declaration, declaration, (current, proposed) => {
        const before = new Map(rowsOf(current).map((row) => [row.name, row]));
        for (const row of rowsTouchedBy(classify(current, proposed), proposed).upserts) {
          const was = before.get(row.name);
          const other = was?.sha256 !== row.sha256 || was.config_digest !== row.config_digest;
          expect(row.content_changed).toBe(was?.version === row.version && other);
        }
      }),
    );
  });
});

const contentOf = (row: Row | undefined) => (row === undefined ? undefined : content(row));
