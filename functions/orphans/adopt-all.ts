import { batchesOf } from '../../lib/domain/batches.ts';
import type { OrphanDecision } from '../../lib/domain/orphan.ts';
import type { OrphanStore } from '../../lib/domain/orphan-store.ts';
import type { Run } from './run.ts';

const SIDE_BY_SIDE = 10;

/**
 * Gives workspaces the instances that their rows have lost. One that fails, since another row took its instance in this
 * very moment, keeps no other from it; what there was no time for is found by the next run.
 * @returns how many were adopted, and what failed
 */
export async function adoptAll(
  store: Pick<OrphanStore, 'adoptInstance'>,
  decisions: readonly OrphanDecision[],
  { actor, requestId, timeLeftMs }: Run,
): Promise<{ adopted: number; failures: unknown[] }> {
  const adopt = async ({ instance, workspaceId, generation, rowGeneration, reason }: OrphanDecision) => {
    if (workspaceId === null || generation === null || rowGeneration === null) return undefined;
    const { instanceId, zone, stoppable, launchedAt } = instance;
    const generations = { tagGeneration: generation, rowGeneration };
    const facts = { instanceId, zone, stoppable, launchedAt, why: reason };
    return store.adoptInstance({ workspaceId, ...generations, ...facts, actor, requestId });
  };
  const failures: unknown[] = [];
  let adopted = 0;
  for (const batch of batchesOf(decisions, SIDE_BY_SIDE)) {
    if (timeLeftMs() <= 0) break;
    for (const result of await Promise.allSettled(batch.map(adopt))) {
      if (result.status === 'rejected') failures.push(result.reason);
      else if (result.value !== undefined) adopted += 1;
    }
  }
  return { adopted, failures };
}
