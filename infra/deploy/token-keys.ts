import { createHash, randomBytes } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';

const document = z.object({ current: z.string().min(1), keys: z.record(z.string(), z.string()) });

/**
 * Puts the first signing key into the secret, where it has no value at all. A value that is there is never replaced:
 * with its keys gone, no runtime gets in any more.
 * @returns whether it was put
 * @throws Error when the secret has a value that is not the document of signing keys
 */
export async function ensureTokenKeys(client: SecretsManagerClient, secretArn: string): Promise<boolean> {
  const present = await presentValue(client, secretArn);
  if (present !== undefined) {
    if (isDocument(present)) return false;
    throw new Error(`${secretArn} has a value that is not {"current": …, "keys": {…}}: put it right by hand`);
  }
  const first = { current: 'k1', keys: { k1: randomBytes(32).toString('base64url') } };
  // The same token for the same secret: of two rollouts at once the second is refused, and of a lost answer's repeat too.
  const ClientRequestToken = createHash('sha256').update(secretArn).digest('hex');
  try {
    const SecretString = JSON.stringify(first);
    await client.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString, ClientRequestToken }));
    return true;
  } catch (error) {
    if (error instanceof ResourceExistsException) return false;
    throw error;
  }
}

async function presentValue(client: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
  } catch (error) {
    // Also what a secret without a version answers; one that is not there at all refuses the value, by its name.
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function isDocument(text: string): boolean {
  try {
    const { current, keys } = document.parse(JSON.parse(text));
    return Object.hasOwn(keys, current);
  } catch {
    return false;
  }
}
