import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { versionKind } from '../../../../lib/domain/declaration/version.ts';
import { version } from './arbitraries.ts';

const part = fc.nat({ max: 3 });
const release = fc.tuple(part, part, part);

describe('a version that becomes another', () => {
  it.each([
    ['a patch', '1.0.0', '1.0.1', 'version_raised'],
    ['a minor', '1.0.9', '1.1.0', 'version_raised'],
    ['a number, not a text', '1.9.0', '1.10.0', 'version_raised'],
    ['a patch below 1.0.0', '0.1.0', '0.1.1', 'version_raised'],
    ['a patch below 0.1.0', '0.0.1', '0.0.2', 'version_raised'],
    ['the release of its prerelease', '1.0.0-rc.1', '1.0.0', 'version_raised'],
    ['a later prerelease of the same release', '1.0.0-rc.1', '1.0.0-rc.2', 'version_raised'],
    ['a later release than its prerelease is of', '1.0.0-rc.1', '1.1.0', 'version_raised'],
    ['a raise that has build metadata too', '1.0.0+1', '1.0.1+0', 'version_raised'],

    ['a major', '1.9.9', '2.0.0', 'version_broken'],
    ['the first release', '0.9.0', '1.0.0', 'version_broken'],
    ['a minor below 1.0.0', '0.1.0', '0.2.0', 'version_broken'],
    ['a prerelease of another major', '1.0.0', '2.0.0-rc.1', 'version_broken'],

    ['a lower patch', '1.0.1', '1.0.0', 'version_lowered'],
    ['a lower minor', '1.10.0', '1.9.0', 'version_lowered'],
    ['a lower minor below 1.0.0', '0.2.0', '0.1.0', 'version_lowered'],
    ['a lower major', '2.0.0', '1.9.9', 'version_lowered'],
    ['the prerelease of its release', '1.0.0', '1.0.0-rc.1', 'version_lowered'],
    ['an earlier prerelease', '1.0.0-rc.2', '1.0.0-rc.1', 'version_lowered'],

    ['a prerelease of another release', '1.0.0', '1.0.1-rc.1', 'unclassified_change'],
    ['a prerelease of another release than its own', '1.0.0-rc.1', '1.1.0-rc.1', 'unclassified_change'],
    ['other build metadata alone', '1.0.0+1', '1.0.0+2', 'unclassified_change'],
    ['build metadata where none was', '1.0.0', '1.0.0+1', 'unclassified_change'],
    ['no semver any more', '1.0.0', 'latest', 'unclassified_change'],
    ['semver at last', '1', '1.0.0', 'unclassified_change'],
    ['another that is no semver', '1.0', '1.1', 'unclassified_change'],
    ['one of a leading v', 'v1.0.0', 'v1.0.1', 'unclassified_change'],
    ['one of a leading zero', '1.0.0', '1.0.01', 'unclassified_change'],
    [
      'a number that is too large to be told apart',
      '1.0.9007199254740992',
      '1.0.9007199254740993',
      'unclassified_change',
    ],
  ])('to %s: %s → %s is %s', (_, from, to, kind) => {
    expect(versionKind(from, to)).toBe(kind);
  });

  it('is lowered whenever its first number that differs is lower, and never where it is higher', () => {
    fc.assert(
      fc.property(release, release, (from, to) => {
        const [a, b] = [from, to].map((numbers) => numbers.reduce((value, number) => value * 4 + number, 0));
        fc.pre(a !== b);
        const lowered = versionKind(from.join('.'), to.join('.')) === 'version_lowered';
        expect(lowered).toBe(Number(b) < Number(a));
      }),
    );
  });

  it('is raised only to what is lowered on the way back, and never across a major', () => {
    fc.assert(
      fc.property(version, version, (from, to) => {
        if (versionKind(from, to) !== 'version_raised') return;
        expect(versionKind(to, from)).toBe('version_lowered');
        expect(to.split('.')[0]).toBe(from.split('.')[0]);
      }),
      { numRuns: 2000 },
    );
  });
});
