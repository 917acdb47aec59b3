import { type Change, type DeclarationDiff, isAdditive } from './change.ts';
import { type Difference, difference, differingKeys, isSame } from './difference.ts';
import type { Declaration, DeclaredPlugin } from './document.ts';
import { pluginDifferences } from './plugin-differences.ts';

/** What two declarations say of a plugin; undefined: nothing. */
type Pair = {
  readonly name: string;
  readonly from: DeclaredPlugin | undefined;
  readonly to: DeclaredPlugin | undefined;
};

/**
 * What becomes of one declaration by another: the only place that tells two declarations apart. It never throws. What
 * it finds equal is equal in its canonical form: the order of plugins and of keys, and how a number is spelt, do not
 * matter, and all else does.
 */
export function classify(current: Declaration, proposed: Declaration): DeclarationDiff {
  const pairs = pairsOf(current, proposed);
  const present = pairs.filter(({ from, to }) => isSame(from, to));
  const differing = pairs.filter(({ from, to }) => !isSame(from, to));
  const changes = [...changesOfDocument(current, proposed), ...differing.flatMap(changesOf)].sort(byPlace);
  return {
    additive: changes.filter(isAdditive),
    destructive: changes.filter((change) => !isAdditive(change)),
    already_present: present.map(({ name }) => name).sort(),
  };
}

/** By name alone: a renamed plugin is one removed and one added. The schema refuses a name twice; all would be paired. */
function pairsOf(current: Declaration, proposed: Declaration): Pair[] {
  const was = Map.groupBy(current.plugins, ({ name }) => name);
  const is = Map.groupBy(proposed.plugins, ({ name }) => name);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [before, after] = [was.get(name) ?? [], is.get(name) ?? []];
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, at) => ({ name, from: before[at], to: after[at] }));
  });
}

function changesOf({ name, from, to }: Pair): Change[] {
  return differencesOf(from, to).map((found) => ({ plugin: name, ...found }));
}

function differencesOf(from: DeclaredPlugin | undefined, to: DeclaredPlugin | undefined): Difference[] {
  if (to === undefined) return [difference('plugin_removed', [], { from, to })];
  return from === undefined ? [difference('plugin_added', [], { from, to })] : pluginDifferences(from, to);
}

/** No rule names anything of a declaration but its plugins. */
function changesOfDocument(current: Declaration, proposed: Declaration): Change[] {
  return differingKeys(current, proposed)
    .filter(({ key }) => key !== 'plugins')
    .map((pair) => ({ plugin: null, ...difference('unclassified_change', [pair.key], pair) }));
}

/** By plugin, then path; the declaration itself first, and a path before those that go on from it. */
const byPlace = (one: Change, other: Change): number => (placeOf(one) < placeOf(other) ? -1 : 1);

/** No key holds a NUL, which sorts before all else. */
const placeOf = ({ plugin, path }: Change): string => [plugin ?? '', ...path].join('\0');
