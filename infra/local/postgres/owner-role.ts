import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';

/** A role that logs in with a password. */
export type Login = { readonly user: string; readonly password: string };

const OWNER = 'muster_owner';

/**
 * Makes the role that owns the databases of Muster, with a random password.
 *
 * It is no superuser, as Aurora's master user is none: what only a superuser may do has to fail on this machine too.
 *
 * @param admin a connection of a superuser
 * @throws pg.DatabaseError 42710 if the cluster has the role already
 */
export async function createOwner(admin: Client): Promise<Login> {
  const password = randomBytes(24).toString('base64url');
  await admin.query(`CREATE ROLE ${OWNER} LOGIN NOSUPERUSER CREATEDB PASSWORD ${admin.escapeLiteral(password)}`);
  return { user: OWNER, password };
}
