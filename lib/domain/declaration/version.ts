import { parse, type SemVer } from 'semver';
import type { ChangeKind } from './change.ts';

/**
 * What it is for a plugin's version to become another. `version_raised` is only what semver promises to be compatible:
 * below 1.0.0 nothing across a minor, and no prerelease but of the release that is there already. Versions that are no
 * semver, or differ in build metadata alone, have no order: `unclassified_change`.
 */
export function versionKind(from: string, to: string): ChangeKind {
  const [was, is] = [semverOf(from), semverOf(to)];
  if (was === null || is === null) return 'unclassified_change';
  const order = is.compare(was);
  if (order === 0) return 'unclassified_change';
  if (order < 0) return 'version_lowered';
  if (was.major !== is.major || (is.major === 0 && was.minor !== is.minor)) return 'version_broken';
  if (is.prerelease.length > 0 && is.compareMain(was) !== 0) return 'unclassified_change';
  return 'version_raised';
}

/** null: none. The library reads `v1.0.0` too, which semver 2.0.0 does not know: it and `1.0.0` are two folders. */
function semverOf(version: string): SemVer | null {
  const parsed = parse(version);
  return parsed !== null && /^\d/.test(parsed.raw) ? parsed : null;
}
