import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';

/** A role that logs in with a password. */
export type Login = { readonly user: string; readonly password: string };

const OWNER = 'muster_owner';

/** The functions' role: a migration makes it, and a migration run sets its password to what its secret says. */
export const APPLICATION = 'muster_app';

/** A password that nobody can guess. */
export const newPassword = () => randomBytes(24).toString('base64url');

/** The secrets in the form in which Secrets Manager keeps logins to a database: by ARN, with user name and password. */
export function documentsOf(logins: ReadonlyMap<string, Login>): Record<string, string> {
  const documentOf = ({ user, password }: Login) => JSON.stringify({ username: user, password });
  return Object.fromEntries([...logins].map(([arn, login]): [string, string] => [arn, documentOf(login)]));
}

/**
 * Makes the role that owns the databases of Muster, with a random password.
 *
 * It is no superuser, as Aurora's master user is none: what only a superuser may do has to fail on this machine too.
 *
 * @param admin a connection of a superuser
 * @throws pg.DatabaseError 42710 if the cluster has the role already
 */
export async function createOwner(admin: Client): Promise<Login> {
  const password = newPassword();
  await admin.query(
    `CREATE ROLE ${OWNER} LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD ${admin.escapeLiteral(password)}`,
  );
  return { user: OWNER, password };
}
