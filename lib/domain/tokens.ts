import * as z from 'zod/mini';

/** bootstrap: good for the first register of a boot. runtime: good for register and heartbeat of its generation. */
const TOKEN_KINDS = ['bootstrap', 'runtime'] as const;

/** What a token says. No time in it: the same claims and key always give the same token. */
export const tokenClaims = z.object({
  sub: z.uuid(),
  gen: z.int().check(z.gte(1)),
  ver: z.int().check(z.gte(1)),
  kind: z.enum(TOKEN_KINDS),
});

export type TokenClaims = z.infer<typeof tokenClaims>;

/** Signs and checks tokens without touching the database. */
export type Tokens = {
  sign(claims: TokenClaims): Promise<string>;
  /** @throws Unauthorized for a token that was not signed by one of our keys. */
  verify(token: string): Promise<TokenClaims>;
};
