import { randomUUID } from 'node:crypto';
import { carryOut } from './carry-out.ts';
import { endPrevious } from './end-previous.ts';
import type { Claim, ConvergePorts } from './ports.ts';

/** Rows a claim: what a run can bring to an end while its lease lasts. */
const AT_ONCE = 100;

/** Milliseconds that a claim needs at least: what is claimed and not done waits for its lease to run out. */
const ROUND_MS = 5_000;

/** Drives EC2 to what the registry owes: claims, asks EC2 how the instances stand, and does what the table says. */
export function createConverge(ports: ConvergePorts) {
  const { store, ec2, policy } = ports;

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
    const context = { actor: 'converge', requestId: run.requestId, timeLeftMs: run.timeLeftMs };
    const summary: Record<string, number> = { claimed: 0 };
    for (let full = true; full && run.timeLeftMs() > ROUND_MS; ) {
      const { claimed, counts } = await round(workspaceIds, context);
      for (const [name, value] of Object.entries({ claimed, ...counts })) summary[name] = (summary[name] ?? 0) + value;
      full = claimed === AT_ONCE;
    }
    return summary;
  };
}
