import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../lib/domain/canonical.ts';
import { ADDITIVE_KINDS, declarationDiff, isDestructive } from '../../../../lib/domain/declaration/change.ts';
import { classify } from '../../../../lib/domain/declaration/classify.ts';
import type { Declaration, DeclaredPlugin } from '../../../../lib/domain/declaration/document.ts';
import { declaration, plugin, SHA256, SOURCES } from './arbitraries.ts';
import { mutation } from './mutations.ts';

const [, sha256 = ''] = SHA256;
const [, source = ''] = SOURCES;

/** A diff in short: `kind path` of each change, the additive ones first. */
const found = (from: DeclaredPlugin[], to: DeclaredPlugin[]) => {
  const { additive, destructive } = classify({ plugins: from }, { plugins: to });
  return [additive, destructive].map((changes) => changes.map(({ kind, path }) => `${kind} ${path.join('.')}`.trim()));
};

type Case = readonly [string, DeclaredPlugin[], DeclaredPlugin[], readonly string[], readonly string[]];

const marks = { a: { required: true } } as const;

describe('a plugin', () => {
  it.each<Case>([
    ['is the same', [plugin({})], [plugin({})], [], []],
    ['is new', [], [plugin({})], ['plugin_added'], []],
    ['goes', [plugin({})], [], [], ['plugin_removed']],
    ['has another name', [plugin({})], [plugin({ name: 'b' })], ['plugin_added'], ['plugin_removed']],
    ['is raised', [plugin({})], [plugin({ version: '1.1.0' })], ['version_raised version'], []],
    ['is lowered', [plugin({})], [plugin({ version: '0.9.0' })], [], ['version_lowered version']],
    ['breaks', [plugin({})], [plugin({ version: '2.0.0' })], [], ['version_broken version']],
    ['has no order', [plugin({})], [plugin({ version: 'b' })], [], ['unclassified_change version']],
    [
      'is raised with all',
      [plugin({})],
      [plugin({ version: '1.0.1', source, sha256 })],
      ['version_raised version'],
      [],
    ],
    ['comes from elsewhere', [plugin({})], [plugin({ source })], [], ['source_changed source']],
    ['is another', [plugin({})], [plugin({ sha256 })], [], ['sha256_changed sha256']],
    ['is both', [plugin({})], [plugin({ source, sha256 })], [], ['sha256_changed sha256', 'source_changed source']],
    [
      'is raised and configured',
      [plugin({ config: { a: 1 } })],
      [plugin({ version: '1.1.0', config: { b: 1 } })],
      ['config_added config.b', 'version_raised version'],
      ['config_removed config.a'],
    ],
    ['has marks', [configured({})], [configured({ config_marks: marks })], [], ['unclassified_change config_marks']],
    [
      'has marks no more',
      [configured({ config_marks: marks })],
      [configured({})],
      [],
      ['unclassified_change config_marks'],
    ],
    [
      'has other marks',
      [configured({ config_marks: marks })],
      [configured({ config_marks: { a: { destructive: true } } })],
      [],
      ['unclassified_change config_marks'],
    ],
    ['has a new form of nothing', [plugin({})], [plugin({ config: {} })], [], ['unclassified_change config']],
  ])('that %s', (_, from, to, additive, destructive) => {
    expect(found(from, to)).toEqual([additive, destructive]);
  });

  it('that has a key which the rules do not know is an unclassified change', () => {
    const now = { ...plugin({}), post_install: 'a' };
    const diff = classify({ plugins: [now] }, { plugins: [plugin({})] });
    const change = { kind: 'unclassified_change', plugin: 'a', path: ['post_install'], from: 'a' };
    expect(diff).toEqual({ additive: [], destructive: [change], already_present: [] });
  });

  it('whose configuration is no object is an unclassified change', () => {
    const now: Declaration = JSON.parse(JSON.stringify({ plugins: [{ ...plugin({}), config: [1] }] }));
    const proposed = { plugins: [plugin({ config: { 0: 2 } })] };
    expect(classify(now, proposed).destructive).toMatchObject([{ kind: 'unclassified_change', path: ['config'] }]);
  });
});

function configured(differing: Partial<DeclaredPlugin>) {
  return plugin({ config: { a: 1 }, ...differing });
}

describe('a change', () => {
  it('of the version says which source and sha256 come with it', () => {
    const { additive } = classify(
      { plugins: [plugin({})] },
      { plugins: [plugin({ version: '1.1.0', source, sha256 })] },
    );
    const from = { version: '1.0.0', source: SOURCES[0], sha256: SHA256[0] };
    const to = { version: '1.1.0', source, sha256 };
    expect(additive).toEqual([{ kind: 'version_raised', plugin: 'a', path: ['version'], from, to }]);
  });

  it('has no from where something is new, and no to where it goes', () => {
    const [before, after] = [{ plugins: [plugin({})] }, { plugins: [plugin({ name: 'b', config: { a: null } })] }];
    const { additive, destructive } = classify(before, after);
    expect(additive).toStrictEqual([{ kind: 'plugin_added', plugin: 'b', path: [], to: after.plugins[0] }]);
    expect(destructive).toStrictEqual([{ kind: 'plugin_removed', plugin: 'a', path: [], from: before.plugins[0] }]);
  });

  it('in a list tells the whole of both lists, at the place of the list', () => {
    const [from, to] = [['a', { b: 1 }], ['a']];
    const [before, after] = [
      { plugins: [plugin({ config: { a: from } })] },
      { plugins: [plugin({ config: { a: to } })] },
    ];
    const { additive, destructive } = classify(before, after);
    expect(additive).toEqual([]);
    expect(destructive).toEqual([{ kind: 'unclassified_change', plugin: 'a', path: ['config', 'a'], from, to }]);
  });

  it('of the declaration itself, which the rules do not know, is unclassified and of no plugin', () => {
    const now = { plugins: [plugin({})], paused: true };
    expect(classify({ plugins: [plugin({})] }, now)).toEqual({
      additive: [],
      destructive: [{ kind: 'unclassified_change', plugin: null, path: ['paused'], to: true }],
      already_present: ['a'],
    });
  });
});

describe('a diff', () => {
  it('is sorted by plugin, then path, the declaration itself first', () => {
    fc.assert(
      fc.property(mutation, mutation, ({ after: current }, { after: proposed }) => {
        const { additive, destructive, already_present } = classify(current, proposed);
        for (const changes of [additive, destructive]) {
          const places = changes.map(({ plugin: name, path }) => [name ?? '', ...path]);
          expect(places).toEqual(places.toSorted(inOrder));
        }
        expect(already_present).toEqual(already_present.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it('stays what it is on its way through JSON', () => {
    fc.assert(
      fc.property(declaration, declaration, (current, proposed) => {
        const diff = classify(current, proposed);
        const read = declarationDiff.parse(JSON.parse(JSON.stringify(diff)));
        expect(canonicalJson(read)).toBe(canonicalJson(diff));
      }),
    );
  });

  it('has in its additive part no kind but the additive ones, and in the other none of them', () => {
    fc.assert(
      fc.property(declaration, declaration, (current, proposed) => {
        const { additive, destructive } = classify(current, proposed);
        const kinds: readonly string[] = ADDITIVE_KINDS;
        expect(additive.every(({ kind }) => kinds.includes(kind))).toBe(true);
        expect(destructive.some(({ kind }) => kinds.includes(kind))).toBe(false);
      }),
    );
  });

  it('is destructive whenever anything goes, an element of a list too', () => {
    fc.assert(
      fc.property(mutation, ({ before, after, how }) => {
        fc.pre(how === 'remove');
        expect(isDestructive(classify(before, after))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function inOrder(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  const [part, otherPart] = [one[at], other[at]];
  if (part === undefined) return one.length - other.length;
  return otherPart === undefined || part > otherPart ? 1 : -1;
}
