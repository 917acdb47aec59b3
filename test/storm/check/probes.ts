import type { TokenClaims } from '../../../lib/domain/tokens.ts';
import type { RegistryEvent, RegistryRow } from '../registry/records.ts';

/** One call with one token, and the statuses that it may be answered with. */
export type Probe = {
  readonly claims: TokenClaims;
  readonly route: 'heartbeat' | 'register';
  readonly expected: readonly number[];
};

/** The events that raise a token's version; a removed workspace's is left, so that its runtime is told 410. */
const RAISING: readonly string[] = ['instance_gone', 'instance_cleared', 'token_reissued'];

/**
 * What to try on a workspace: every token that it ever had and has no longer, and its present ones where trying them
 * changes nothing.
 * @param events of the workspace
 */
export function probesOf(row: RegistryRow, events: readonly RegistryEvent[]): Probe[] {
  const probes: Probe[] = [];
  for (let gen = 1; gen <= row.generation; gen += 1) {
    const raised = events.filter(({ event, generation }) => generation === gen && RAISING.includes(event)).length;
    const last = gen === row.generation ? row.token_version - 1 : 1 + raised;
    for (let ver = 1; ver <= last; ver += 1) probes.push(...dead({ sub: row.id, gen, ver }));
  }
  return [...probes, ...present(row)];
}

type Claims = Omit<TokenClaims, 'kind'>;

function dead(claims: Claims): Probe[] {
  return [
    { claims: { ...claims, kind: 'runtime' }, route: 'heartbeat', expected: [401] },
    { claims: { ...claims, kind: 'runtime' }, route: 'register', expected: [401] },
    { claims: { ...claims, kind: 'bootstrap' }, route: 'register', expected: [401] },
  ];
}

function present({ id, generation, token_version, status }: RegistryRow): Probe[] {
  const claims = { sub: id, gen: generation, ver: token_version };
  const runtime = { ...claims, kind: 'runtime' } as const;
  const bootstrap = { ...claims, kind: 'bootstrap' } as const;
  const noBeat: Probe = { claims: bootstrap, route: 'heartbeat', expected: [401] };
  switch (status) {
    case 'online':
      return [noBeat, { claims: runtime, route: 'heartbeat', expected: [200] }];
    case 'paused':
    case 'hibernated':
    case 'removed': {
      const silenced = status === 'removed' ? 410 : 409;
      return [
        noBeat,
        { claims: runtime, route: 'heartbeat', expected: [silenced] },
        { claims: runtime, route: 'register', expected: [silenced] },
        // Closed, or its time is over, or refused like the other.
        { claims: bootstrap, route: 'register', expected: [401, silenced] },
      ];
    }
    case 'provisioning':
    case 'degraded':
    case 'offline':
    case 'failed':
      return [noBeat];
  }
}
