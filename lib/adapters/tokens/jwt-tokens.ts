import { errors, jwtVerify, SignJWT } from 'jose';
import { Unauthorized } from '../../domain/errors.ts';
import type { Tokens } from '../../domain/tokens.ts';
import { tokenClaims } from '../../domain/tokens.ts';
import type { SigningKeys } from './signing-keys.ts';

const ALGORITHM = 'HS256';

/** Tokens as JWTs (HS256, `kid`). They hold no time, so equal claims under one key are one token, byte for byte. */
export function createJwtTokens(signingKeys: () => Promise<SigningKeys>): Tokens {
  return {
    async sign({ sub, gen, ver, kind }) {
      const { current, keys } = await signingKeys();
      const key = keys[current];
      if (key === undefined) throw new Error(`no signing key ${current}`);
      return new SignJWT({ sub, gen, ver, kind }).setProtectedHeader({ alg: ALGORITHM, kid: current }).sign(key);
    },

    async verify(token) {
      const { keys } = await signingKeys();
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = kid === undefined ? undefined : keys[kid];
            if (key === undefined) throw new errors.JWTInvalid('unknown key');
            return key;
          },
          { algorithms: [ALGORITHM] },
        );
        return tokenClaims.parse(payload);
      } catch (cause) {
        throw new Unauthorized('the token was not signed by us', { cause });
      }
    },
  };
}
