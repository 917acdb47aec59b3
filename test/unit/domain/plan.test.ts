import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanAction, planActions, planId } from '../../../lib/domain/plan.ts';
import type { DeclaredPlugin } from '../../../lib/domain/plugins.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const version = fc.constantFrom('1', '2', '3');
const declared = fc.uniqueArray(
  fc.record<DeclaredPlugin>({
    name,
    version,
    source: fc.webUrl(),
    sha256: fc.constant('0'.repeat(64)),
  }),
  { selector: (plugin) => plugin.name },
);
const installed = fc.uniqueArray(fc.record({ name, version: fc.option(version) }), {
  selector: (plugin) => plugin.name,
});

/** What a runtime has after it did all that a plan says. */
const applied = (before: readonly { name: string; version: string | null }[], actions: readonly PlanAction[]) => {
  const after = new Map(
    before.filter((plugin) => plugin.version !== null).map((plugin) => [plugin.name, plugin.version]),
  );
  for (const action of actions) {
    if (action.action === 'install') after.set(action.name, action.version);
    else after.delete(action.name);
  }
  return after;
};

describe('a plan', () => {
  it('makes what is installed what is declared, whatever it was', () => {
    fc.assert(
      fc.property(declared, installed, (want, have) => {
        const after = applied(have, planActions(want, have));
        expect(after).toEqual(new Map(want.map((plugin) => [plugin.name, plugin.version])));
      }),
    );
  });

  it('is empty exactly when all that is declared is installed and nothing else is', () => {
    fc.assert(
      fc.property(declared, (want) => {
        expect(planActions(want, want)).toEqual([]);
      }),
    );
  });

  it('keeps its identity when only links change, and loses it with any version', () => {
    const action = { action: 'install', name: 'a', version: '1', url: 'https://one', sha256: 'x' } as const;
    expect(planId([{ ...action, url: 'https://two' }])).toBe(planId([action]));
    expect(planId([{ ...action, version: '2' }])).not.toBe(planId([action]));
    expect(planId([{ ...action, sha256: 'y' }])).not.toBe(planId([action]));
    expect(planId([{ action: 'remove', name: 'a' }])).not.toBe(planId([action]));
  });

  it('is the same in whatever order the declaration names its plugins', () => {
    fc.assert(
      fc.property(declared, installed, (want, have) => {
        expect(planActions([...want].reverse(), [...have].reverse())).toEqual(planActions(want, have));
      }),
    );
  });
});
