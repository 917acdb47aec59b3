import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlanAction, planOf, type ReportedPlugin, type WantedPlugin } from '../../../lib/domain/plan.ts';

const nil = { nil: undefined };
const name = fc.constantFrom('a', 'b', 'c', 'd');
const version = fc.constantFrom('1', '2', '3');
const digest = fc.constantFrom('0'.repeat(64), '1'.repeat(64));
const declared = fc.uniqueArray(
  fc.record<WantedPlugin>({
    name,
    version,
    source: fc.webUrl(),
    sha256: digest,
    config: fc.constant({ depth: 1 }),
    config_digest: fc.option(digest, nil),
    revision: fc.nat(1),
  }),
  { selector: (plugin) => plugin.name },
);
const installed = fc.uniqueArray(
  fc.record<ReportedPlugin>({
    name,
    version: fc.option(version),
    sha256: fc.option(digest, nil),
    config_digest: fc.option(digest, nil),
  }),
  { selector: (plugin) => plugin.name },
);

const wanted = (plugin: Partial<WantedPlugin> = {}): WantedPlugin => ({
  name: 'a',
  version: '1',
  source: 'https://one/',
  sha256: '0'.repeat(64),
  config_digest: undefined,
  revision: 0,
  ...plugin,
});
const reported = (plugin: Partial<ReportedPlugin> = {}): ReportedPlugin => ({
  name: 'a',
  version: '1',
  sha256: undefined,
  config_digest: undefined,
  ...plugin,
});

/** What a runtime reports that did all that a plan says. */
const applied = (before: readonly ReportedPlugin[], actions: readonly PlanAction[]) => {
  const after = new Map(before.filter(({ version }) => version !== null).map((plugin) => [plugin.name, plugin]));
  for (const action of actions) {
    if (action.action === 'remove') after.delete(action.name);
    else {
      const { name, version, sha256, config_digest } = action;
      after.set(name, { name, version, sha256, config_digest });
    }
  }
  return [...after.values()];
};
const versionsOf = (plugins: readonly { name: string; version: string | null }[]) =>
  new Map(plugins.map((plugin) => [plugin.name, plugin.version]));

describe('a plan', () => {
  it('makes what is installed what is declared, whatever it was, and then nothing is left to do', () => {
    fc.assert(
      fc.property(declared, installed, (want, have) => {
        const after = applied(have, planOf(want, have).actions);
        expect(versionsOf(after)).toEqual(versionsOf(want));
        const exact = after.filter((plugin) => plugin.sha256 !== undefined);
        const rest = want.filter((plugin) => exact.some((one) => one.name === plugin.name));
        expect(planOf(rest, exact).actions).toEqual([]);
      }),
    );
  });

  it('is the same in whatever order plugins are declared and reported, and sorted by name', () => {
    fc.assert(
      fc.property(declared, installed, (want, have) => {
        const plan = planOf(want, have);
        expect(planOf([...want].reverse(), [...have].reverse())).toEqual(plan);
        const names = plan.actions.map((action) => action.name);
        expect(names).toEqual([...names].sort());
      }),
    );
  });

  it('keeps its identity when only links change, and loses it with anything else', () => {
    const plan = planOf([wanted({ config: { a: 1 }, config_digest: '2'.repeat(64) })], []);
    const idOf = (plugin: Partial<WantedPlugin>) =>
      planOf([wanted({ config: { a: 1 }, config_digest: '2'.repeat(64), ...plugin })], []).planId;
    expect(idOf({ source: 'https://two/' })).toBe(plan.planId);
    expect(idOf({ version: '2' })).not.toBe(plan.planId);
    expect(idOf({ sha256: '1'.repeat(64) })).not.toBe(plan.planId);
    expect(idOf({ config_digest: '3'.repeat(64) })).not.toBe(plan.planId);
    expect(idOf({ name: 'b' })).not.toBe(plan.planId);
    expect(planOf([], [reported()]).planId).not.toBe(plan.planId);
  });

  it.each([
    ['the same version', wanted(), reported(), 'in place'],
    ['another version', wanted(), reported({ version: '2' }), 'planned'],
    ['no version', wanted(), reported({ version: null }), 'planned'],
    ['its very artefact', wanted(), reported({ sha256: '0'.repeat(64) }), 'in place'],
    ['another artefact of its version', wanted(), reported({ sha256: '1'.repeat(64) }), 'planned'],
    [
      'its very configuration',
      wanted({ config_digest: '2'.repeat(64) }),
      reported({ sha256: '0'.repeat(64), config_digest: '2'.repeat(64) }),
      'in place',
    ],
    [
      'another configuration',
      wanted({ config_digest: '2'.repeat(64) }),
      reported({ sha256: '0'.repeat(64), config_digest: '3'.repeat(64) }),
      'planned',
    ],
    [
      'no configuration where one is declared',
      wanted({ config_digest: '2'.repeat(64) }),
      reported({ sha256: '0'.repeat(64) }),
      'planned',
    ],
    [
      'a configuration where none is declared',
      wanted(),
      reported({ sha256: '0'.repeat(64), config_digest: '2'.repeat(64) }),
      'planned',
    ],
    ['its version alone, which was declared with other content before', wanted({ revision: 1 }), reported(), 'handed'],
    [
      'its very artefact, which was declared with other content before',
      wanted({ revision: 1 }),
      reported({ sha256: '0'.repeat(64) }),
      'in place',
    ],
  ])('a plugin that is reported with %s', (_, want, have, outcome) => {
    const { actions, confirmable } = planOf([want], [have]);
    expect(actions).toHaveLength(outcome === 'in place' ? 0 : 1);
    if (outcome !== 'in place') expect(confirmable).toBe(outcome === 'planned');
  });

  it('waits for a report while any of its actions will show in one', () => {
    const hidden = wanted({ revision: 1 });
    expect(planOf([hidden, wanted({ name: 'b' })], [reported()]).confirmable).toBe(true);
    expect(planOf([hidden], [reported(), reported({ name: 'old' })]).confirmable).toBe(true);
  });

  it('carries the configuration only where there is one', () => {
    const config = { depth: 3 };
    const [bare, configured] = planOf(
      [wanted({ config: {} }), wanted({ name: 'b', config, config_digest: '2'.repeat(64) })],
      [],
    ).actions;
    expect(Object.keys(bare ?? {})).toEqual(['action', 'name', 'version', 'url', 'sha256']);
    expect(configured).toMatchObject({ config, config_digest: '2'.repeat(64) });
  });
});
