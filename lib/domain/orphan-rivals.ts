import type { OrphanDecision, OrphanVerdict } from './orphan.ts';

/** Once the highest is adopted, the next run finds a lower generation, which is proof. */
const OUTRANKED = { action: 'leave', reason: 'newer_one_is_adopted', alarms: false } as const satisfies OrphanVerdict;

/** Nothing proves which of them is the workspace's. */
const EQUALS = { action: 'alarm', reason: 'generation_is_shared', alarms: true } as const satisfies OrphanVerdict;

/**
 * Settles between instances that one workspace could adopt: of several generations only the highest is adopted, of
 * several instances of the highest generation none.
 */
export function settleRivals(decisions: readonly OrphanDecision[]): OrphanDecision[] {
  const highest = new Map<string | null, { generation: number; instances: number }>();
  for (const { action, workspaceId, generation } of decisions) {
    if (action !== 'adopt' || generation === null) continue;
    const known = highest.get(workspaceId);
    if (known === undefined || generation > known.generation) highest.set(workspaceId, { generation, instances: 1 });
    else if (generation === known.generation) known.instances += 1;
  }
  return decisions.map((decision) => {
    const top = highest.get(decision.workspaceId);
    if (decision.action !== 'adopt' || top === undefined) return decision;
    if (decision.generation !== top.generation) return { ...decision, ...OUTRANKED };
    return top.instances > 1 ? { ...decision, ...EQUALS } : decision;
  });
}
