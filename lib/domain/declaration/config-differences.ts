import type { ChangeKind } from './change.ts';
import { isObject, type Json } from './config.ts';
import { type Difference, type DifferingKey, difference, differingKeys, isSame } from './difference.ts';
import type { DeclaredPlugin } from './document.ts';

/** What it counts as that a key is new, that one is new below it, and that a value is another. */
type Weight = { readonly added: ChangeKind; readonly addedBelow: ChangeKind; readonly changed: ChangeKind };

/**
 * What differs between the configurations of a plugin, key by key at every level. A list is one value, told whole: no
 * order of its elements says which of them went, so that all but an append to it is destructive.
 */
export function configDifferences(from: DeclaredPlugin, to: DeclaredPlugin): Difference[] {
  const [was, is]: readonly [Json, Json] = [from.config ?? {}, to.config ?? {}];
  if (!isObject(was) || !isObject(is)) return [];
  return differingKeys(was, is).flatMap((pair) =>
    differencesAt(['config', pair.key], pair, weightOf(pair.key, from, to)),
  );
}

function differencesAt(path: string[], pair: DifferingKey, weight: Weight): Difference[] {
  const { from, to } = pair;
  if (from === undefined) return [difference(weight.added, path, pair)];
  if (to === undefined) return [difference('config_removed', path, pair)];
  if (isObject(from) && isObject(to)) {
    return differingKeys(from, to).flatMap((below) =>
      differencesAt([...path, below.key], below, { ...weight, added: weight.addedBelow }),
    );
  }
  return [difference(kindOf(from, to, weight.changed), path, pair)];
}

/** Of two values that are not both objects. @param changed what it counts as that a value is another */
function kindOf(from: Json, to: Json, changed: ChangeKind): ChangeKind {
  if (typeOf(from) !== typeOf(to)) return 'config_type_changed';
  return isList(from) && isList(to) ? listKind(from, to, changed) : changed;
}

/** An append leaves every element where it was: `changed`. Elements are told apart by their type only, not below it. */
function listKind(from: readonly Json[], to: readonly Json[], changed: ChangeKind): ChangeKind {
  if (isSame(from, to.slice(0, from.length))) return changed;
  const isRetyped = from.slice(0, to.length).some((item, at) => typeOf(item) !== typeOf(to[at]));
  return isRetyped ? 'config_type_changed' : 'unclassified_change';
}

/** By the marks of a configuration's own key, which count for all that stands below it. */
function weightOf(key: string, from: DeclaredPlugin, to: DeclaredPlugin): Weight {
  const [was, is] = [from.config_marks?.[key], to.config_marks?.[key]];
  const added = is?.required ? 'unclassified_change' : 'config_added';
  if (was?.destructive || is?.destructive) {
    return { added, addedBelow: 'config_value_changed', changed: 'config_value_changed' };
  }
  return { added, addedBelow: added, changed: 'config_changed' };
}

function typeOf(value: Json | undefined): string {
  if (value === null) return 'null';
  return isList(value) ? 'array' : typeof value;
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
