import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { promisify } from 'node:util';
import { type Account, giveTo } from './account.ts';

const run = promisify(execFile);

/** A cluster on disk and how to enter it. */
export type Cluster = { data: string; user: string; password: string };

const SUPERUSER = 'postgres';

/**
 * The cluster in `folder`, made there if it holds none yet.
 *
 * Text is UTF-8 and sorted by code point with the provider that is built into PostgreSQL, so that an order does not
 * depend on the machine's locales.
 *
 * @param folder holds the cluster as `data` and the superuser's password as `password` (mode 0600)
 */
export async function openCluster(account: Account, initdb: string, folder: string): Promise<Cluster> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  const isThere = await access(data).then(
    () => true,
    () => false,
  );
  if (!isThere) await makeCluster(account, initdb, folder, data, passwordFile);
  return { data, user: SUPERUSER, password: await readFile(passwordFile, 'utf8') };
}

async function makeCluster(account: Account, initdb: string, folder: string, data: string, passwordFile: string) {
  // Under another name until it is whole: a run that was killed here must not leave half a cluster to start from.
  const unfinished = join(folder, 'data.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(account, unfinished);
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await giveTo(account, passwordFile);
  await run(
    initdb,
    [
      `--pgdata=${unfinished}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    { ...account, cwd: folder, env: { ...env, LC_ALL: 'C' } },
  );
  await rename(unfinished, data);
}
