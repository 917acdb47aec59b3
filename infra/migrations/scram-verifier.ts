import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** What PostgreSQL itself takes (scram_iterations). */
const ITERATIONS = 4_096;

/**
 * What PostgreSQL keeps of a password (RFC 5803): who sees a statement that sets it, in a log say, does not learn the
 * password.
 *
 * @param password printable ASCII, which SASLprep leaves as it is
 * @throws Error for any other password
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  if (!/^[ -~]+$/.test(password))
    throw new Error('The password is empty, or has characters outside of printable ASCII');
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
