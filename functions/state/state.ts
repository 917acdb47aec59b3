import { Unauthorized } from '../../lib/domain/errors.ts';
import type { Status } from '../../lib/domain/status.ts';
import type { TokenClaims, Tokens } from '../../lib/domain/tokens.ts';

type Ports = {
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly store: { readRuntimeState(claims: TokenClaims): Promise<{ status: Status } | undefined> };
};

/** What a runtime may ask when it is refused: its workspace's status, also when that is removed. */
export function createState({ tokens, store }: Ports) {
  return async (token: string, id: () => string) => {
    const claims = await tokens.verify(token);
    if (id() !== claims.sub) throw new Unauthorized('the token is of another workspace');
    const row = await store.readRuntimeState(claims);
    if (row === undefined) throw new Unauthorized('no row has this token');
    return { status: row.status, paused: row.status === 'paused', deleted: row.status === 'removed' };
  };
}
