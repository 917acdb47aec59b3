import { z } from 'zod';
import type { Database } from '../../lib/adapters/rds-data/database.ts';
import { statement } from '../../lib/adapters/rds-data/statement.ts';
import { scramVerifier } from './scram-verifier.ts';

/** The document of the secret that the functions log in with. Its role is the one that 0012_application_role makes. */
const applicationSecret = z.object({ username: z.literal('muster_app'), password: z.string() });

const whoAmI = statement({
  sql: 'SELECT current_user::text AS name',
  bind: () => ({}),
  row: z.object({ name: z.literal('muster_app') }),
});

/** The verifier has no quote in it; ALTER ROLE takes no parameters. */
const setVerifier = (verifier: string) =>
  statement({ sql: `ALTER ROLE muster_app PASSWORD '${verifier}'`, bind: () => ({}), row: z.unknown() });

type Ports = {
  readonly asOwner: Pick<Database, 'run'>;
  /** Logs in with the secret itself. */
  readonly asApplication: Pick<Database, 'run'>;
  readonly readSecret: () => Promise<string>;
};

/**
 * Makes sure that the functions can log in with their secret: sets their role's password where the secret's does not
 * open the database.
 * @returns whether the password was set
 * @throws Error when the secret is not in its form, or does not log in even then
 */
export async function ensureApplicationLogin({ asOwner, asApplication, readSecret }: Ports): Promise<boolean> {
  const logsIn = asApplication.run(whoAmI, undefined).then(
    () => true,
    () => false,
  );
  if (await logsIn) return false;
  const secret = parse(await readSecret().catch(rethrow('The secret of the application cannot be read')));
  await asOwner.run(setVerifier(scramVerifier(secret.password)), undefined);
  await asApplication.run(whoAmI, undefined).catch(rethrow('muster_app cannot log in with its secret'));
  return true;
}

/** Says nothing of what was parsed: it is a password. */
function parse(text: string): z.output<typeof applicationSecret> {
  try {
    return applicationSecret.parse(JSON.parse(text));
  } catch {
    throw new Error('The secret of the application is not {"username": "muster_app", "password": …}');
  }
}

function rethrow(what: string) {
  return (cause: unknown): never => {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  };
}
