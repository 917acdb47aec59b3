import type { Candidate } from '../candidate.ts';
import { STATUSES, type Status } from '../status.ts';
import type { Inquiry, InstanceState, Judgement, Verdict } from '../verdict.ts';
import { judge, STOPPED_BY_USER, VERDICT_OF_STATE } from '../verdict.ts';

/**
 * What a verdict leads to. The first two take a workspace offline; owe_start leaves it as it is; clear takes the dead
 * instance out of the row; end_hold: a person's stop is over; note_absence: one more sighting towards the proof.
 */
export const ACTS = ['instance_gone', 'instance_stopped', 'owe_start', 'clear', 'end_hold', 'note_absence'] as const;

export type Act = (typeof ACTS)[number];

/** What a verdict means for a workspace in each status: sweep and hint act on nothing else. */
const MEANING = {
  provisioning: { alive: null, stopped: 'owe_start', gone: 'instance_gone', absent: 'note_absence', unknown: null },
  online: { alive: null, stopped: 'instance_stopped', gone: 'instance_gone', absent: 'note_absence', unknown: null },
  degraded: { alive: null, stopped: 'instance_stopped', gone: 'instance_gone', absent: 'note_absence', unknown: null },
  offline: { alive: null, stopped: 'owe_start', gone: 'clear', absent: 'note_absence', unknown: null },
  // What rests does not beat: that EC2 does not name it is no proof here, and its disk may still be there.
  paused: { alive: null, stopped: null, gone: 'clear', absent: null, unknown: null },
  hibernated: { alive: null, stopped: null, gone: 'clear', absent: null, unknown: null },
  failed: { alive: null, stopped: null, gone: 'clear', absent: null, unknown: null },
  removed: { alive: null, stopped: null, gone: 'clear', absent: null, unknown: null },
} as const satisfies Record<Status, Record<Verdict, Act | null>>;

/** The statuses that a terminated instance does not change: the row loses its id, and offline owes a launch. */
export const CLEARED_STATUSES: readonly Status[] = STATUSES.filter((status) => MEANING[status].gone === 'clear');

/** The statuses that an absence can end: what the brake counts. */
export const BRAKED_STATUSES: readonly Status[] = STATUSES.filter((status) => MEANING[status].absent !== null);

/** What was learnt of a candidate, and what it leads to. */
export type Decision = Judgement & {
  readonly candidate: Candidate;
  readonly act: Act | null;
  /** EC2 said terminated: the one answer that even a later heartbeat does not outweigh. */
  readonly terminated: boolean;
  readonly stoppedByUser: boolean;
  /** EC2 named the instance: what was counted of its absence is forgotten. */
  readonly named: boolean;
};

export function decide(candidate: Candidate, inquiry: Inquiry): Decision {
  const judgement = judge(inquiry);
  const observation = inquiry.kind === 'named' ? inquiry.observation : undefined;
  return {
    ...judgement,
    candidate,
    act: actOf(candidate, judgement.verdict, observation?.state),
    terminated: observation?.state === 'terminated',
    stoppedByUser: observation?.reasonCode === STOPPED_BY_USER,
    named: observation !== undefined,
  };
}

function actOf(candidate: Candidate, verdict: Verdict, state: InstanceState | undefined): Act | null {
  const { status, held, silenced } = candidate;
  const act = verdict === 'alive' && held ? 'end_hold' : MEANING[status][verdict];
  // Only where its silence was noticed first, which owed nothing, has a stop still to be mended.
  if (act === 'owe_start' && status === 'offline' && (held || !silenced)) return null;
  // While it is shutting down it may still speak; a row keeps its id until EC2 says terminated.
  return act === 'clear' && state !== 'terminated' ? null : act;
}

/**
 * What of a decision the statements do not write: what is owed already, or held, stays as it is, and
 * no stop is believed that may be older than the last start.
 */
export function isMoot({ act, candidate, stoppedByUser }: Decision): boolean {
  const { status, owing, mended, held, settling } = candidate;
  switch (act) {
    case 'owe_start':
      return owing || !mended || (held && stoppedByUser);
    case 'end_hold':
      return owing || (status !== 'provisioning' && status !== 'offline');
    case 'instance_stopped':
      return settling;
    case 'instance_gone':
    case 'clear':
    case 'note_absence':
      return false;
    case null:
      return true;
  }
}

/**
 * Whether a listing is all that has to be known of a candidate: it shows a state that would lead to nothing. Whatever
 * would lead to something is asked for by id before anything is concluded.
 * @param state undefined: it was not listed
 */
export function isSettled(candidate: Candidate, state: InstanceState | undefined): boolean {
  return state !== undefined && actOf(candidate, VERDICT_OF_STATE[state], state) === null;
}
