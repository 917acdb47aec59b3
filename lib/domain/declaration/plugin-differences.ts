import { configDifferences } from './config-differences.ts';
import { type Difference, type DifferingKey, difference, differingKeys } from './difference.ts';
import type { DeclaredPlugin } from './document.ts';
import { versionKind } from './version.ts';

/** The keys that say which version it is: a change of the version is a change of all three. */
const OF_THE_VERSION = new Set(['version', 'source', 'sha256']);

/**
 * What differs between two declarations of a plugin. Every key that differs gives a difference: where no rule names
 * one, it is `unclassified_change`, also under a key that the schema got after the rules.
 */
export function pluginDifferences(from: DeclaredPlugin, to: DeclaredPlugin): Difference[] {
  const differing = differingKeys(from, to);
  if (from.version === to.version) return differing.flatMap((pair) => differencesOf(pair, from, to));
  const rest = differing.filter(({ key }) => !OF_THE_VERSION.has(key));
  return [versionDifference(from, to), ...rest.flatMap((pair) => differencesOf(pair, from, to))];
}

function differencesOf(pair: DifferingKey, from: DeclaredPlugin, to: DeclaredPlugin): Difference[] {
  const named = namedDifferences(pair, from, to);
  return named.length > 0 ? named : [difference('unclassified_change', [pair.key], pair)];
}

/** Empty: no rule names it. */
function namedDifferences(pair: DifferingKey, from: DeclaredPlugin, to: DeclaredPlugin): Difference[] {
  switch (pair.key) {
    case 'source':
      return [difference('source_changed', ['source'], pair)];
    case 'sha256':
      return [difference('sha256_changed', ['sha256'], pair)];
    case 'config':
      return configDifferences(from, to);
    default:
      return [];
  }
}

const versionDifference = (from: DeclaredPlugin, to: DeclaredPlugin): Difference =>
  difference(versionKind(from.version, to.version), ['version'], { from: versionOf(from), to: versionOf(to) });

const versionOf = ({ version, source, sha256 }: DeclaredPlugin) => ({ version, source, sha256 });
