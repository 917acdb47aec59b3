import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { $ZodError } from 'zod/v4/core';
import { canonicalJson } from '../../../../lib/domain/canonical.ts';
import { declarationDiff } from '../../../../lib/domain/declaration/change.ts';
import { classify } from '../../../../lib/domain/declaration/classify.ts';
import type { Declaration } from '../../../../lib/domain/declaration/document.ts';
import { applyDiff } from './apply-diff.ts';
import { declaration, plugin } from './arbitraries.ts';

const sorted = ({ plugins, ...rest }: Declaration) => ({
  ...rest,
  plugins: plugins.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
});

describe('a diff that is applied', () => {
  it('to the declaration that it was made from gives the one that it was made for', () => {
    fc.assert(
      fc.property(declaration, declaration, (current, proposed) => {
        const stored = declarationDiff.parse(JSON.parse(JSON.stringify(classify(current, proposed))));
        expect(canonicalJson(applyDiff(current, stored))).toBe(canonicalJson(sorted(proposed)));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves what it does not name as it is', () => {
    const current = { plugins: [plugin({ name: 'b' }), plugin({ name: 'c', config: { x: 1 } })] };
    const diff = classify({ plugins: [] }, { plugins: [plugin({})] });
    expect(applyDiff(current, diff)).toEqual({ plugins: [plugin({}), ...current.plugins] });
  });

  it('takes any source that some configuration allows', () => {
    const proposed = { plugins: [plugin({ source: 'http://127.0.0.1:9/a.tgz' })] };
    expect(applyDiff({ plugins: [] }, classify({ plugins: [] }, proposed))).toEqual(proposed);
  });

  it('to another declaration, so that what comes of it is none, is refused', () => {
    const diff = classify({ plugins: [plugin({})] }, { plugins: [plugin({ sha256: 'f'.repeat(64) })] });
    expect(() => applyDiff({ plugins: [] }, diff)).toThrow($ZodError);
  });

  it('with something that a declaration does not have is refused', () => {
    const [current, proposed] = [{ plugins: [] }, { plugins: [], paused: true }];
    const refusal = expect.objectContaining({ issues: [expect.objectContaining({ path: [], keys: ['paused'] })] });
    expect(() => applyDiff(current, classify(current, proposed))).toThrow(refusal);
  });
});
