import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import * as z from 'zod';
import { StoreUnavailable } from '../../domain/errors.ts';

/** The secret's document: `current` signs, every key in `keys` is good for checking while a rotation lasts. */
const secretDocument = z
  .object({
    current: z.string().min(1),
    keys: z.record(
      z.string().min(1),
      z
        .base64url()
        .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))
        .refine((key) => key.byteLength >= 32, 'a key needs at least 32 bytes'),
    ),
  })
  .refine(({ current, keys }) => current in keys, { path: ['current'], message: 'name one of the keys' });

export type SigningKeys = z.infer<typeof secretDocument>;

/** How long a warm function keeps the keys, in seconds: a rotation has to leave the old key in for longer. */
const KEEP_SECONDS = 300;

/**
 * Reads the signing keys from Secrets Manager, at most once in five minutes.
 * @throws StoreUnavailable when they cannot be had: no token is accepted unchecked
 */
export function signingKeysFrom(secretId: string): () => Promise<SigningKeys> {
  return async () => {
    try {
      return secretDocument.parse(await getSecret(secretId, { maxAge: KEEP_SECONDS, transform: 'json' }));
    } catch (cause) {
      throw new StoreUnavailable(`the signing keys ${secretId} cannot be had`, { cause });
    }
  };
}
