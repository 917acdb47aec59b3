import { randomUUID } from 'node:crypto';
import { planOf } from '../../lib/domain/plan.ts';
import type { ClaimedReconcile, CompletionInput, PlanInput, Settled } from '../../lib/domain/reconcile.ts';
import { driftOf } from '../../lib/domain/reconcile.ts';
import { evidenceOf } from './evidence.ts';

type Ports = {
  readonly store: {
    claimReconcile(input: {
      workspaceId: string;
      lease: string;
      leaseSeconds: number;
    }): Promise<ClaimedReconcile | undefined>;
    storePlan(input: PlanInput): Promise<Settled | undefined>;
    completeReconcile(input: CompletionInput): Promise<Settled | undefined>;
    listOwedReconciles(input: { limit: number }): Promise<readonly { id: string }[]>;
  };
};

/** A crashed reconcile loses its lease after this many seconds. */
const LEASE_SECONDS = 30;

/** Workspaces that are listed at once, and how many are taken on side by side. */
const PAGE = 500;
const SIDE_BY_SIDE = 10;

/** What is asked meanwhile is answered by whoever holds the lease; what is asked ever again waits for the schedule. */
const ROUNDS = 5;

type Outcome = 'not_owed' | 'planned' | 'done' | 'superseded';

type Run = {
  /** null: all that owe one. */
  readonly workspaceId: string | null;
  readonly requestId: string;
  /** Milliseconds in which this run may still begin something. */
  readonly timeLeftMs: () => number;
};

/** Drives what is installed to what is declared: makes the plan that the next heartbeat carries, or is done. */
export function createReconcile({ store }: Ports) {
  const decide = async (claim: ClaimedReconcile, { workspaceId, requestId }: Run) => {
    // Nobody has said what should be there: what the runtime came with is its own.
    const plan = planOf(claim.declared, claim.declarationVersion === 0 ? [] : claim.installed);
    // What the runtime's reports cannot show cannot be waited for beyond the handing over.
    const waitsForReport = claim.reportsPlugins && plan.confirmable;
    const handed = claim.storedPlanHanded && claim.storedPlanId === plan.planId && !waitsForReport;
    if (plan.actions.length === 0 || handed) {
      const evidence = { declared: claim.declared.length, confirmed_by_runtime: !handed && claim.reportsPlugins };
      return { outcome: 'done', settled: await store.completeReconcile({ claim, evidence, requestId }) } as const;
    }
    const evidence = evidenceOf(plan, { foundBy: workspaceId === null ? 'schedule' : 'invoke' });
    const settled = await store.storePlan({ claim, plan, evidence, drift: driftOf(claim, plan), requestId });
    return { outcome: 'planned', settled } as const;
  };

  const reconcileOne = async (workspaceId: string, run: Run): Promise<Outcome> => {
    const lease = randomUUID();
    let outcome: Outcome = 'not_owed';
    for (let round = 1; round <= ROUNDS; round += 1) {
      const claim = await store.claimReconcile({ workspaceId, lease, leaseSeconds: LEASE_SECONDS });
      if (claim === undefined) return outcome;
      const decided = await decide(claim, run);
      outcome = decided.settled === undefined ? 'superseded' : decided.outcome;
      if (decided.settled?.owed === false) return outcome;
    }
    return outcome;
  };

  const reconcileAll = async (ids: readonly string[], run: Run, counts: Record<Outcome, number>) => {
    const failures: unknown[] = [];
    for (let at = 0; at < ids.length && run.timeLeftMs() > 0; at += SIDE_BY_SIDE) {
      const round = await Promise.allSettled(ids.slice(at, at + SIDE_BY_SIDE).map((id) => reconcileOne(id, run)));
      for (const result of round) {
        if (result.status === 'fulfilled') counts[result.value] += 1;
        else failures.push(result.reason);
      }
    }
    return failures;
  };

  return async (run: Run) => {
    const counts: Record<Outcome, number> = { not_owed: 0, planned: 0, done: 0, superseded: 0 };
    const failures: unknown[] = [];
    const seen = new Set<string>();
    do {
      const owed =
        run.workspaceId === null ? await store.listOwedReconciles({ limit: PAGE }) : [{ id: run.workspaceId }];
      // What failed is still listed: it is the next run's.
      const ids = owed.map(({ id }) => id).filter((id) => !seen.has(id));
      if (ids.length === 0) break;
      for (const id of ids) seen.add(id);
      failures.push(...(await reconcileAll(ids, run, counts)));
    } while (run.workspaceId === null && run.timeLeftMs() > 0);
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${seen.size} reconciles failed`);
    return counts;
  };
}
