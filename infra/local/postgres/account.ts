import { chown, lchown, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getuid } from 'node:process';

/** Whom PostgreSQL's programs run as: empty for the caller, else the ids to switch to (as `child_process` takes them). */
export type Account = { readonly uid?: number; readonly gid?: number };

/** The ids of `nobody`: initdb wants an account that has a name, and every common Linux has this one. */
const UNPRIVILEGED = 65534;

/** PostgreSQL refuses to run as root, so root hands its programs to an unprivileged account. */
export function databaseAccount(): Account {
  return getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
}

/** Makes `account` the owner of `path` and of everything below it. */
export async function giveTo(account: Account, path: string): Promise<void> {
  const { uid, gid } = account;
  if (uid === undefined || gid === undefined) return;
  await chown(path, uid, gid);
  if (!(await stat(path)).isDirectory()) return;
  for (const entry of await readdir(path, { recursive: true })) await lchown(join(path, entry), uid, gid);
}

/**
 * Checks that `account` may pass through `folder` and every folder above it.
 *
 * @throws Error naming the folder that is closed
 */
export async function requireReachable(account: Account, folder: string): Promise<void> {
  if (account.uid === undefined) return;
  for (let path = folder; ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const mayPass = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & mayPass) === 0) {
      throw new Error(
        `PostgreSQL runs as uid ${account.uid} here (not as root) and cannot pass ${path}, which is closed to it. Take a run folder below the system's temporary folder.`,
      );
    }
    if (path === dirname(path)) return;
  }
}
