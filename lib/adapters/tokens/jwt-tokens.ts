import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { MusterError, Unauthorized } from '../../domain/errors.ts';
import { type Tokens, tokenClaims } from '../../domain/tokens.ts';
import { noteInCall } from '../../observability/call.ts';
import { type SigningKeySource, signingKeysFrom } from './signing-keys.ts';

const ALGORITHM = 'HS256';

/** Tokens as JWTs (HS256, `kid`). They hold no time, so equal claims under one key are one token, byte for byte. */
export function createJwtTokens(signingKeys: SigningKeySource): Tokens {
  const keyOf = async (token: string): Promise<Uint8Array> => {
    const { kid = '' } = decodeProtectedHeader(token);
    const key = (await signingKeys()).keys[kid] ?? (await signingKeys({ fresh: true })).keys[kid];
    if (key === undefined) throw new Unauthorized('the token names no key of ours');
    return key;
  };
  return {
    async sign({ sub, gen, ver, kind }) {
      const { current, keys } = await signingKeys();
      const key = keys[current];
      if (key === undefined) throw new Error(`no signing key ${current}`);
      return new SignJWT({ sub, gen, ver, kind }).setProtectedHeader({ alg: ALGORITHM, kid: current }).sign(key);
    },

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, await keyOf(token), { algorithms: [ALGORITHM] });
        const claims = tokenClaims.parse(payload);
        noteInCall({ workspaceId: claims.sub, generation: claims.gen });
        return claims;
      } catch (cause) {
        if (cause instanceof MusterError) throw cause;
        throw new Unauthorized('the token was not signed by us', { cause });
      }
    },
  };
}

/** The tokens of a registry whose signing keys are the secret `secretId`. */
export function openTokens({ secretId }: { readonly secretId: string }): Tokens {
  return createJwtTokens(signingKeysFrom(secretId));
}
