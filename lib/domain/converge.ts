import type { ConvergeAction, Owing, Standing } from './converge-table.ts';
import { CONVERGE_TABLE } from './converge-table.ts';
import type { OwedOperation } from './operation.ts';
import { LIFECYCLE_POLICY } from './policy.ts';
import type { Ec2Operation } from './status.ts';
import type { Inquiry } from './verdict.ts';
import { STOPPED_BY_USER } from './verdict.ts';

/** Seconds without a name after which an instance is no more; to call one ended needs the longer proof. */
export type Forgetting = { readonly forgottenSeconds: number; readonly forgottenEndedSeconds: number };

export type ConvergePolicy = Forgetting & {
  /** Launches, starts and reboots in a row, without 10 minutes online between them, before the workspace fails. */
  readonly maxAttempts: number;
  /** Seconds in stopping after which an instance does not come back: most stop in one or two minutes. */
  readonly hangingSeconds: number;
  /** How long a converge holds what it has claimed: the function's timeout, so that it is dead by then. */
  readonly leaseSeconds: number;
  /** How long until EC2 is asked again whether it is so, and how long its answers may lag behind what it agreed to. */
  readonly pollSeconds: number;
  readonly settleSeconds: number;
};

export const CONVERGE_POLICY = {
  maxAttempts: LIFECYCLE_POLICY.maxAttempts,
  forgottenSeconds: 300,
  forgottenEndedSeconds: 3600,
  hangingSeconds: 1200,
  leaseSeconds: 55,
  pollSeconds: 10,
  settleSeconds: 10,
} as const satisfies ConvergePolicy;

/**
 * How an instance stands.
 * @param absentSeconds since when EC2 does not name it, null while it did at the last asking
 */
export function standingOf(
  inquiry: Inquiry | undefined,
  operation: Ec2Operation | null,
  absentSeconds: number | null,
  { forgottenSeconds, forgottenEndedSeconds }: Forgetting,
): Standing {
  if (inquiry === undefined) return 'none';
  switch (inquiry.kind) {
    case 'named':
      return inquiry.observation.state;
    case 'failed':
      return 'unknown';
    case 'not_named': {
      const after = operation === 'terminate' ? forgottenEndedSeconds : forgottenSeconds;
      return absentSeconds !== null && absentSeconds >= after ? 'forgotten' : 'absent';
    }
  }
}

/**
 * give_up: it was tried too often. back_off: EC2 agreed, and the instance has stopped again by itself. hold: a person has
 * stopped the instance.
 */
export type Decision = ConvergeAction | 'give_up' | 'back_off' | 'hold';

/**
 * What is to be done for one workspace; where only the previous instance was due, nothing.
 * @param inquiry what was learnt of its instance; undefined when it has none
 */
export function decide(
  owed: OwedOperation,
  inquiry: Inquiry | undefined,
  policy: ConvergePolicy,
): { readonly decision: Decision; readonly standing: Standing } {
  const standing = standingOf(inquiry, owed.operation, owed.absentSeconds, policy);
  if (owed.operation === null) return { standing, decision: 'wait' };
  const owing = owed.powerCycle ? 'power_cycle' : owed.operation;
  const observation = inquiry?.kind === 'named' ? inquiry.observation : null;
  const byUser = STOPS.includes(standing) && observation?.reasonCode === STOPPED_BY_USER;
  if (byUser && isPersons(owing, owed)) return { standing, decision: 'hold' };
  const hangs = standing === 'stopping' && (owed.stoppingSeconds ?? 0) >= policy.hangingSeconds;
  const action = hangs ? WHERE_IT_HANGS[owing] : CONVERGE_TABLE[owing][standing];
  const isForeign = observation !== null && observation.registryId !== owed.registryId;
  // What a power cycle may not stop cannot be started elsewhere, so it is replaced.
  const isStuck = owing === 'power_cycle' && action === 'stop' && (isForeign || !owed.stoppable);
  const decision = refined(isStuck ? 'launch' : action, owing, owed, policy.maxAttempts);
  return { standing, decision: isForeign ? FOREIGN[decision] : decision };
}

/** Whether a stop that EC2 calls a user's is a person's, and not ours or one that an operator's restart is to end. */
function isPersons(owing: Owing, { agreed, stopAsked }: OwedOperation): boolean {
  return (owing === 'reboot' && agreed) || (owing === 'power_cycle' && !stopAsked);
}

/** An instance that hangs in stopping, as on a host that has failed, cannot be started. */
const WHERE_IT_HANGS = {
  launch: 'launch',
  start: 'launch',
  power_cycle: 'launch',
  reboot: 'launch',
  stop: 'wait',
  terminate: 'terminate',
} as const satisfies Record<Owing, ConvergeAction>;

const STOPS: readonly Standing[] = ['stopping', 'stopped'];

/** What does not bear our tag is not ours to touch, whatever the row says: the row is what is wrong, and loses it. */
const FOREIGN = {
  wait: 'wait',
  done: 'done',
  forget: 'forget',
  launch: 'launch',
  start: 'launch',
  reboot: 'launch',
  stop: 'forget',
  terminate: 'forget',
  give_up: 'give_up',
  back_off: 'launch',
  hold: 'hold',
} as const satisfies Record<Decision, Decision>;

const COSTS_AN_ATTEMPT: readonly ConvergeAction[] = ['launch', 'start', 'reboot'];

function refined(action: ConvergeAction, owing: Owing, owed: OwedOperation, maxAttempts: number): Decision {
  // What cannot be stopped is ended instead; resume then finds nothing left to start.
  if (action === 'stop' && !owed.stoppable) return 'terminate';
  // EC2 does not show whether a reboot has happened: a new boot does, or the boot's time runs out.
  if (action === 'reboot' && owed.agreed) return 'wait';
  // It was started, and has stopped again.
  if (action === 'start' && owed.operation === 'start' && owed.agreed) return 'back_off';
  // The stop before it was counted for the whole power cycle, which does not end half way.
  if (action === 'start' && owing === 'power_cycle' && owed.stopAsked) return action;
  // A launch that was begun is brought to its end; it has been counted.
  if (isUnderWay(owed)) return action;
  // One superseded instance is remembered at a time: the one before has to be ended first.
  if (action === 'launch' && owed.instanceId !== null && owed.previousInstanceId !== null) return 'wait';
  const costs = COSTS_AN_ATTEMPT.includes(action) || (action === 'stop' && owing === 'power_cycle');
  return costs && owed.attempts >= maxAttempts ? 'give_up' : action;
}

/** Whether a generation's launch was begun and its instance is not recorded. */
export function isUnderWay(owed: OwedOperation): boolean {
  return owed.operation === 'launch' && owed.asked && owed.instanceId === null;
}
