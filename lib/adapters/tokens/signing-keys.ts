import { TransformParameterError } from '@aws-lambda-powertools/parameters/errors';
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { StoreUnavailable } from '../../domain/errors.ts';

/** The secret's document: `current` signs, every key in `keys` is good for checking while a rotation lasts. */
const secretDocument = z
  .object({
    current: z.string().check(z.minLength(1)),
    keys: z.record(
      z.string().check(z.minLength(1)),
      z
        .pipe(
          z.base64url(),
          z.transform((text) => new Uint8Array(Buffer.from(text, 'base64url'))),
        )
        .check(z.refine((key) => key.byteLength >= 32, 'a key needs at least 32 bytes')),
    ),
  })
  .check(z.refine(({ current, keys }) => current in keys, { path: ['current'], message: 'name one of the keys' }));

export type SigningKeys = z.infer<typeof secretDocument>;

/** Where signing keys come from. `fresh`: a token names a key that is not among those that are kept. */
export type SigningKeySource = (options?: { readonly fresh: boolean }) => Promise<SigningKeys>;

/** How long a warm function keeps the keys, in seconds: a rotation has to leave the old key in for longer. */
const KEEP_SECONDS = 300;

/** Milliseconds between two readings for unknown keys: forged tokens must not become calls to Secrets Manager. */
const FRESH_PAUSE_MS = 10_000;

/**
 * Reads the signing keys from Secrets Manager, at most once in five minutes, or once in ten seconds while tokens name
 * a key that is not known: another function has seen a rotation before this one.
 * @throws StoreUnavailable when they cannot be had: no token is accepted unchecked
 */
export function signingKeysFrom(secretId: string): SigningKeySource {
  const provider = new SecretsProvider({
    awsSdkV3Client: new SecretsManagerClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    }),
  });
  let freshAt = Number.NEGATIVE_INFINITY;
  return async ({ fresh } = { fresh: false }) => {
    const forceFetch = fresh && performance.now() - freshAt > FRESH_PAUSE_MS;
    if (forceFetch) freshAt = performance.now();
    try {
      return secretDocument.parse(
        await provider.get(secretId, { maxAge: KEEP_SECONDS, transform: 'json', forceFetch }),
      );
    } catch (cause) {
      throw new StoreUnavailable(`the signing keys ${secretId} cannot be had`, { cause: withoutText(cause) });
    }
  };
}

/** The parser's own message quotes the text, which is the keys. */
const withoutText = (error: unknown): unknown =>
  error instanceof TransformParameterError ? new Error('the secret is no JSON document') : error;
