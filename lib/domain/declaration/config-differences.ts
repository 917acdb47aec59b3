import type { ChangeKind } from './change.ts';
import { isObject, type Json } from './config.ts';
import { type Difference, type DifferingKey, difference, differingKeys } from './difference.ts';
import type { DeclaredPlugin } from './document.ts';

/** What it counts as that a key is new, that one is new below it, and that a value is another. */
type Weight = { readonly added: ChangeKind; readonly addedBelow: ChangeKind; readonly changed: ChangeKind };

/** What differs between the configurations of a plugin, key by key at every level. A list is one value. */
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
  return [difference(typeOf(from) === typeOf(to) ? weight.changed : 'config_type_changed', path, pair)];
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

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
