import { createIdempotent } from '../../lib/domain/idempotency.ts';
import type { By } from '../../lib/domain/workspace.ts';
import { createBring } from './bring.ts';
import { type ProvisionPorts, provisioned } from './ports.ts';
import type { ProvisionRequest } from './schema.ts';

const CREATED = 201;

/** Creates a workspace, once for an idempotency key; an external one is also given its first token. */
export function createProvision(ports: ProvisionPorts) {
  const { store, tokens, report } = ports;
  const idempotent = createIdempotent({ store, body: provisioned, report });
  const bring = createBring(ports);

  /** @throws what createIdempotent and the launch throw */
  return async (key: string | null, request: ProvisionRequest, by: By) => {
    const { body, status, replayed } = await idempotent(key, request, async (id, resumed) => ({
      status: CREATED,
      body: await bring(id, request, { ...by, resumed }),
    }));
    // Not among what is kept: the same claims are the same token.
    const token = request.external
      ? { bootstrap_token: await tokens.sign({ sub: body.id, gen: body.generation, ver: 1, kind: 'bootstrap' }) }
      : {};
    return { status, body: { ...body, ...token }, headers: replayed ? { 'idempotent-replayed': 'true' } : {} };
  };
}
