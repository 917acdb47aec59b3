import { randomUUID } from 'node:crypto';
import { planActions, planId } from '../../lib/domain/plan.ts';
import type { ClaimedReconcile, CompletionInput, PlanInput } from '../../lib/domain/reconcile.ts';

type Ports = {
  readonly store: {
    claimReconcile(input: {
      workspaceId: string;
      lease: string;
      leaseSeconds: number;
    }): Promise<ClaimedReconcile | undefined>;
    storePlan(input: PlanInput): Promise<unknown>;
    completeReconcile(input: CompletionInput): Promise<unknown>;
    listOwedReconciles(input: { limit: number }): Promise<readonly { id: string }[]>;
  };
};

/** A crashed reconcile loses its lease after this many seconds. */
const LEASE_SECONDS = 30;

/** Workspaces a run of the schedule takes on, and how many side by side. */
const OWED_LIMIT = 500;
const SIDE_BY_SIDE = 10;

type Outcome = 'not_owed' | 'planned' | 'done' | 'superseded';

/** Drives what is installed to what is declared: makes the plan that the next heartbeat carries, or is done. */
export function createReconcile({ store }: Ports) {
  const reconcileOne = async (workspaceId: string, requestId: string): Promise<Outcome> => {
    const claim = await store.claimReconcile({ workspaceId, lease: randomUUID(), leaseSeconds: LEASE_SECONDS });
    if (claim === undefined) return 'not_owed';
    const actions = planActions(claim.declared, claim.installed);
    const plan = planId(actions);
    // A runtime that never says what it has installed cannot be waited for beyond the handing over.
    const handedToTheSilent = !claim.reportsPlugins && claim.storedPlanHanded && claim.storedPlanId === plan;
    if (actions.length === 0 || handedToTheSilent) {
      const evidence = { declared: claim.declared.length, confirmed_by_runtime: claim.reportsPlugins };
      const done = await store.completeReconcile({ claim, evidence, requestId });
      return done === undefined ? 'superseded' : 'done';
    }
    const stored = await store.storePlan({ claim, planId: plan, actions, requestId });
    return stored === undefined ? 'superseded' : 'planned';
  };

  return async ({ workspaceId, requestId }: { workspaceId: string | null; requestId: string }) => {
    const owed = workspaceId === null ? await store.listOwedReconciles({ limit: OWED_LIMIT }) : [{ id: workspaceId }];
    const counts: Record<Outcome, number> = { not_owed: 0, planned: 0, done: 0, superseded: 0 };
    const failures: unknown[] = [];
    for (let at = 0; at < owed.length; at += SIDE_BY_SIDE) {
      const round = await Promise.allSettled(
        owed.slice(at, at + SIDE_BY_SIDE).map(({ id }) => reconcileOne(id, requestId)),
      );
      for (const result of round) {
        if (result.status === 'fulfilled') counts[result.value] += 1;
        else failures.push(result.reason);
      }
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} of ${owed.length} reconciles failed`);
    return counts;
  };
}
