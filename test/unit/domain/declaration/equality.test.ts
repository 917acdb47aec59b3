import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../lib/domain/canonical.ts';
import { isUnchanged } from '../../../../lib/domain/declaration/change.ts';
import { classify } from '../../../../lib/domain/declaration/classify.ts';
import type { Declaration } from '../../../../lib/domain/declaration/document.ts';
import { declaration, plugin, schema } from './arbitraries.ts';
import { mutation } from './mutations.ts';
import { respelt, shuffled } from './spelling.ts';

const namesOf = ({ plugins }: Declaration) => plugins.map(({ name }) => name).sort();

describe('invariant 14: one differ classifies a declaration', () => {
  it('and finds nothing but the same where only the order of plugins and keys, or a spelling, is another', () => {
    fc.assert(
      fc.property(declaration, fc.gen(), (document, choose) => {
        const other = { plugins: shuffled(document.plugins, choose) };
        const again = schema.parse(JSON.parse(respelt(other, choose)));
        const same = { additive: [], destructive: [], already_present: namesOf(document) };
        expect(classify(document, again)).toEqual(same);
        expect(classify(again, document)).toEqual(same);
      }),
      { numRuns: 200 },
    );
  });

  it('and never takes a declaration for the same in which any one thing is another', () => {
    fc.assert(
      fc.property(mutation, ({ before, after, of }) => {
        for (const diff of [classify(before, after), classify(after, before)]) {
          expect(isUnchanged(diff)).toBe(false);
          if (of !== null) expect(diff.already_present).not.toContain(of);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('and says of every plugin either that it is the same or what differs, by its canonical form alone', () => {
    fc.assert(
      fc.property(declaration, declaration, (current, proposed) => {
        const { additive, destructive, already_present } = classify(current, proposed);
        const same = namesOf(current).filter((name) => textOf(current, name) === textOf(proposed, name));
        expect(already_present).toEqual(same);
        const others = [...namesOf(current), ...namesOf(proposed)].filter((name) => !same.includes(name));
        expect(new Set([...additive, ...destructive].map(({ plugin: name }) => name))).toEqual(new Set(others));
      }),
      { numRuns: 200 },
    );
  });

  it('and never throws, also on two that the schema takes neither of', () => {
    fc.assert(
      fc.property(mutation, mutation, ({ after: current }, { after: proposed }) => {
        expect(() => classify(current, proposed)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('and finds the same what is the same, also where the schema does not take it', () => {
    const odd: Declaration = JSON.parse(JSON.stringify({ plugins: [{ ...plugin({}), version: ['1'] }] }));
    expect(classify(odd, structuredClone(odd))).toEqual({ additive: [], destructive: [], already_present: ['a'] });
  });

  it('and changes neither of the two', () => {
    fc.assert(
      fc.property(mutation, ({ before, after }) => {
        const texts = [JSON.stringify(before), JSON.stringify(after)];
        classify(before, after);
        expect([JSON.stringify(before), JSON.stringify(after)]).toEqual(texts);
      }),
    );
  });

  it.each([
    ['one of them goes', ['1', '2'], ['2']],
    ['one of them comes', ['1'], ['1', '1']],
    ['they change places', ['1', '2'], ['2', '1']],
  ])('and sees it when two plugins have one name and %s', (_, current, proposed) => {
    const [before, after] = [current, proposed].map((versions) => ({
      plugins: versions.map((version) => plugin({ version })),
    }));
    expect(isUnchanged(classify(before ?? { plugins: [] }, after ?? { plugins: [] }))).toBe(false);
  });
});

const textOf = ({ plugins }: Declaration, wanted: string) =>
  canonicalJson(plugins.find(({ name }) => name === wanted) ?? null);
