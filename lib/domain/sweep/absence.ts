import type { By } from '../workspace.ts';

/**
 * What makes an absence a proof: the instance is old enough for EC2 to know it, and was not named in so many sweeps over
 * so long. Times are seconds.
 */
export type AbsencePolicy = { readonly ageSeconds: number; readonly cycles: number; readonly seconds: number };

export const DEFAULT_ABSENCE = { ageSeconds: 600, cycles: 3, seconds: 300 } as const satisfies AbsencePolicy;

/** What the rows say of a workspace whose instance EC2 does not name, this sweep included. Times are seconds. */
export type AbsenceFacts = {
  readonly workspaceId: string;
  /** Sweeps in a row that missed it, with no sign of life between them. */
  readonly cycles: number;
  /** Since the first of them. */
  readonly missingSeconds: number;
  /** Since EC2 last agreed to launch or boot it. */
  readonly ageSeconds: number;
  /** Until its lease ends; 0 or less once it has. */
  readonly leaseSeconds: number;
  /** Until the grace after our own outage ends; 0 or less once it has. */
  readonly graceSeconds: number;
};

/** What an absence can lack to be a proof. */
export const LACKS = ['age', 'cycles', 'duration', 'lease_expired', 'no_grace'] as const;

export type Lack = (typeof LACKS)[number];

const IS_MET = {
  age: ({ ageSeconds }, policy) => ageSeconds >= policy.ageSeconds,
  cycles: ({ cycles }, policy) => cycles >= policy.cycles,
  duration: ({ missingSeconds }, policy) => missingSeconds >= policy.seconds,
  lease_expired: ({ leaseSeconds }) => leaseSeconds <= 0,
  no_grace: ({ graceSeconds }) => graceSeconds <= 0,
} as const satisfies Record<Lack, (facts: AbsenceFacts, policy: AbsencePolicy) => boolean>;

/** What is missing from the proof; nothing: it is proved. The flip's own WHERE asks the same of the locked rows. */
export function lacksOf(facts: AbsenceFacts, policy: AbsencePolicy): Lack[] {
  return LACKS.filter((lack) => !IS_MET[lack](facts, policy));
}

type Row = {
  readonly workspace_id: string;
  readonly instance_id: string;
  readonly generation: number;
  readonly asked_at: string;
};

/** `fence`: the sweep's, which is its number too. */
export type NoteAbsencesInput = { readonly fence: number; readonly rows: readonly Row[] };

export type FlipAbsentInput = By & {
  readonly fence: number;
  readonly rows: readonly (Row & { readonly evidence: Readonly<Record<string, unknown>> })[];
  readonly policy: AbsencePolicy;
};
