import { randomUUID } from 'node:crypto';
import { carryOut } from './carry-out.ts';
import { endPrevious } from './end-previous.ts';
import type { Claim, ConvergePorts } from './ports.ts';

/** Rows a claim: what a run can bring to an end while its lease lasts. */
const AT_ONCE = 100;

/** Milliseconds that a further claim needs: what is claimed and not done waits for its lease to run out. */
const ROUND_MS = 30_000;

/** Drives EC2 to what the registry owes: claims, asks EC2 how the instances stand, and does what the table says. */
export function createConverge(ports: ConvergePorts) {
  const { store, ec2, policy } = ports;

  /** What is ordered while EC2's answers settle would wait for the next schedule: it is waited for here. */
  const untilDue = async (id: string) => {
    const due = await store.readDueOperation({ id });
    if (due !== undefined && due.seconds <= policy.settleSeconds + 1) await ports.pause(due.seconds * 1_000);
  };

  const round = async (workspaceIds: readonly string[] | null, context: Omit<Claim, 'lease'>) => {
    const claim = { ...context, lease: randomUUID() };
    const { leaseSeconds } = policy;
    const owed = await store.claimOperations({ workspaceIds, lease: claim.lease, leaseSeconds, limit: AT_ONCE });
    const asked = owed.flatMap(({ instanceId, previousInstanceId }) => [instanceId, previousInstanceId]);
    const answers = await ec2.inquire(asked.filter((id) => id !== null));
    // First the superseded: the lease is given back with what becomes of the operation.
    const previous = await endPrevious(ports, owed, answers, claim);
    const { counts, again } = await carryOut(ports, owed, answers, claim);
    if (again) await ports.requester.request(workspaceIds?.[0] ?? null);
    return { claimed: owed.length, counts: { ...counts, previous_ended: previous } };
  };

  /**
   * @param timeLeftMs milliseconds until the function is ended
   * @returns how many workspaces were claimed, and what was done for how many
   */
  return async (run: { workspaceId: string | null; requestId: string; timeLeftMs: () => number }) => {
    const workspaceIds = run.workspaceId === null ? null : [run.workspaceId];
    const { requestId, timeLeftMs } = run;
    const context = { actor: 'converge', requestId, timeLeftMs, forAll: workspaceIds === null };
    const summary: Record<string, number> = { claimed: 0 };
    for (let full = true; full; ) {
      if (run.workspaceId !== null) await untilDue(run.workspaceId);
      const { claimed, counts } = await round(workspaceIds, context);
      for (const [name, value] of Object.entries({ claimed, ...counts })) summary[name] = (summary[name] ?? 0) + value;
      full = claimed === AT_ONCE && timeLeftMs() > ROUND_MS;
    }
    return summary;
  };
}
