import { SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { createJwtTokens } from '../../../lib/adapters/tokens/jwt-tokens.ts';
import { Unauthorized } from '../../../lib/domain/errors.ts';

it('a token of a key that came with a rotation is good before the kept keys are read again; of no key, never', async () => {
  const [old, rotated] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const tokens = createJwtTokens(async ({ fresh } = { fresh: false }) =>
    fresh ? { current: 'k2', keys: { k1: old, k2: rotated } } : { current: 'k1', keys: { k1: old } },
  );
  const claims = { sub: '01890000-0000-7000-8000-000000000000', gen: 1, ver: 1, kind: 'runtime' } as const;
  const signed = (kid: string) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(rotated);
  expect(await tokens.verify(await signed('k2'))).toEqual(claims);
  await expect(tokens.verify(await signed('k1'))).rejects.toThrow(Unauthorized);
  await expect(tokens.verify(await signed('k3'))).rejects.toThrow(Unauthorized);
});

it('the right key under another algorithm is no signature of ours', async () => {
  const key = new Uint8Array(64).fill(3);
  const tokens = createJwtTokens(async () => ({ current: 'k1', keys: { k1: key } }));
  const claims = { sub: '01890000-0000-7000-8000-000000000000', gen: 1, ver: 1, kind: 'runtime' } as const;
  const signed = (alg: string) => new SignJWT(claims).setProtectedHeader({ alg, kid: 'k1' }).sign(key);
  expect(await tokens.verify(await signed('HS256'))).toEqual(claims);
  await expect(tokens.verify(await signed('HS512'))).rejects.toThrow(Unauthorized);
});
