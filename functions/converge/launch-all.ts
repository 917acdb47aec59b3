import type { OwedLaunchOutcome } from '../../lib/domain/launch-owed.ts';
import type { SettleRow } from '../../lib/domain/operation.ts';
import type { Decided } from './decided.ts';
import type { Claim, ConvergePorts } from './ports.ts';

/** Launches side by side: as many as EC2 takes at once from an account whose bucket is full. */
const SIDE_BY_SIDE = 5;

/** Milliseconds that a launch takes from its turn in the fleet's rate to its record, with EC2 at 8 s an answer. */
const LAUNCH_MS = 30_000;

/**
 * Milliseconds to wait for a turn where one workspace was asked for: of a thousand such at once most leave it to the
 * schedule, which launches for all in turn.
 */
const ALONE_MS = 2_000;

/** Launches what is owed, and answers what is left to write; what is recorded by its finalise has nothing left. */
export async function launchAll(ports: ConvergePorts, decided: readonly Decided[], claim: Claim): Promise<SettleRow[]> {
  const left: SettleRow[] = [];
  for (let at = 0; at < decided.length; at += SIDE_BY_SIDE) {
    const round = decided.slice(at, at + SIDE_BY_SIDE);
    left.push(...(await Promise.all(round.map((one) => launchOne(ports, one, claim)))).flat());
  }
  return left;
}

async function launchOne(ports: ConvergePorts, { owed, row }: Decided, claim: Claim): Promise<SettleRow[]> {
  const { launchOwed, policy } = ports;
  const { operation, launch } = owed;
  const spareMs = claim.timeLeftMs() - LAUNCH_MS;
  if (operation === null || launch === null || spareMs < 0) return [row];
  const patienceMs = claim.forAll ? spareMs : Math.min(spareMs, ALONE_MS);
  const { lease, actor, requestId } = claim;
  const options = { lease, leaseSeconds: policy.leaseSeconds, actor, requestId, fail: false, patienceMs };
  const outcome = await launchOwed({ ...owed, operation, launch }, options);
  const begun = outcome.generation;
  const left: SettleRow =
    begun === null
      ? row
      : { ...row, generation: begun, operation: 'launch', instance_id: null, absent: null, stopping: false };
  return leftBy(outcome, { ...left, action: 'launch' });
}

/** What is recorded by its finalise, or given up by its teardown, has nothing left to write. */
function leftBy(outcome: OwedLaunchOutcome, row: SettleRow): SettleRow[] {
  switch (outcome.kind) {
    case 'launched':
    case 'not_finalised':
      return [];
    case 'refused':
      return [{ ...row, outcome: 'refused', evidence: { ec2_error: outcome.error.awsCode } }];
    case 'spent':
      return [{ ...row, outcome: 'refused', evidence: { spent_on: outcome.instanceId } }];
    case 'unknown':
      return [{ ...row, outcome: 'unknown', evidence: { error: outcome.error.message.slice(0, 300) } }];
    case 'deferred':
    case 'moved_on':
      return [row];
  }
}
