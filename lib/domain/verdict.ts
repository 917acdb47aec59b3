import * as z from 'zod/mini';

/** The states that EC2 gives an instance (InstanceStateName of the EC2 API). */
export const INSTANCE_STATES = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated'] as const;

export const instanceState = z.enum(INSTANCE_STATES);
export type InstanceState = z.infer<typeof instanceState>;

/**
 * alive: leave it. stopped and gone: proof. absent: EC2 answered and does not name it, which alone proves nothing.
 * unknown: EC2 could not be asked, and unknown never flips.
 */
export const VERDICTS = ['alive', 'stopped', 'gone', 'absent', 'unknown'] as const;

export type Verdict = (typeof VERDICTS)[number];

export const VERDICT_OF_STATE = {
  pending: 'alive',
  running: 'alive',
  stopping: 'stopped',
  stopped: 'stopped',
  'shutting-down': 'gone',
  terminated: 'gone',
} as const satisfies Record<InstanceState, Verdict>;

/**
 * What EC2 says of one instance that it named. `reasonCode` is StateReason.Code; `registryId` is the tag
 * muster:registry, null of an instance that no registry launched.
 */
export type InstanceObservation = {
  readonly instanceId: string;
  readonly state: InstanceState;
  readonly reasonCode: string | null;
  readonly zone: string | null;
  readonly registryId: string | null;
  readonly spot: boolean;
};

/**
 * What was learnt of one instance: named by EC2, not named in a complete answer, or not to be had (the error's name).
 */
export type Inquiry =
  | { readonly kind: 'named'; readonly observation: InstanceObservation }
  | { readonly kind: 'not_named' }
  | { readonly kind: 'failed'; readonly error: string };

/** The error of an inquiry that a run had no time left for: it goes first in the next one. */
export const OUT_OF_TIME = 'OutOfTime';

/** The error of an inquiry that was not made since the zone has failed too often in this run. */
export const ZONE_LEFT = 'ZoneLeft';

const NOT_ASKED: ReadonlyMap<string, string> = new Map([
  [OUT_OF_TIME, 'deadline'],
  [ZONE_LEFT, 'zone_left'],
]);

export type Judgement = {
  readonly verdict: Verdict;
  /** A short code for the event's reason: `instance_terminated`, `not_named`, `ec2_failed`, `deadline`, `zone_left`. */
  readonly reason: string;
  /** What the verdict rests on, as the event shows it. */
  readonly evidence: Readonly<Record<string, unknown>>;
};

/** The verdict on one instance. Total: every inquiry has one, and only a state that EC2 named itself is proof. */
export function judge(inquiry: Inquiry): Judgement {
  switch (inquiry.kind) {
    case 'named': {
      const { state, reasonCode, zone } = inquiry.observation;
      return {
        verdict: VERDICT_OF_STATE[state],
        reason: `instance_${state.replace('-', '_')}`,
        evidence: { ec2_state: state, ec2_reason: reasonCode, availability_zone: zone },
      };
    }
    case 'not_named':
      return { verdict: 'absent', reason: 'not_named', evidence: {} };
    case 'failed': {
      const { error } = inquiry;
      return { verdict: 'unknown', reason: NOT_ASKED.get(error) ?? 'ec2_failed', evidence: { error } };
    }
  }
}

/** StateReason.Code of a stop that somebody asked EC2 for. A box that powers itself off is not a person. */
export const STOPPED_BY_USER = 'Client.UserInitiatedShutdown';
