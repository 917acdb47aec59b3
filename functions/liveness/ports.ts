import type { BrakePolicy } from '../../lib/domain/brake.ts';
import type { Count, Gauge, Measure } from '../../lib/domain/metrics.ts';
import type { ConvergeRequester } from '../../lib/domain/operation.ts';
import type { GracePolicy, Held, ImpairedLister, SURVEY, SurveyedZone } from '../../lib/domain/silence.ts';
import type { Ec2Operation } from '../../lib/domain/status.ts';
import type { By } from '../../lib/domain/workspace.ts';

type Nothing = Record<string, never>;
type Owing = { readonly owes: Ec2Operation | null };

/** What every statement that is repeated while it is full is given. */
export type Batch = By & { readonly limit: number };

/** Repeats a statement while it is full and the run has time; answers all rows. */
export type WhileFull = <Row>(statement: () => Promise<readonly Row[]>) => Promise<readonly Row[]>;

export type LivenessPorts = {
  readonly store: {
    surveyFleet(input: typeof SURVEY): Promise<readonly SurveyedZone[]>;
    /** Keeps what is held so for a while, and answers all that is held now. */
    holdSilence(input: { seen: readonly string[]; seconds: number }): Promise<readonly { mass: string }[]>;
    noticeGap(input: {
      isOutage: boolean;
      gapSeconds: number;
      graceSeconds: number;
    }): Promise<{ inGrace: boolean; partitionMissing: boolean }>;
    ensureEventPartitions(input: Nothing): Promise<{ made: number }>;
    expireLeases(
      input: Batch & { surveyedAt: string; held: Held; impaired: readonly string[] },
    ): Promise<readonly (Owing & { status: 'degraded' | 'offline' })[]>;
    oweImpaired(input: { limit: number; impaired: readonly string[] }): Promise<readonly Owing[]>;
    expireBoots(
      input: Batch & { maxAttempts: number },
    ): Promise<readonly (Owing & { event: 'boot_timed_out' | 'budget_spent' })[]>;
    hibernateIdle(input: Batch): Promise<readonly Owing[]>;
    resetAttempts(input: { limit: number; healthySeconds: number }): Promise<readonly unknown[]>;
    purgeIdempotencyKeys(input: { limit: number }): Promise<readonly unknown[]>;
    recordLivenessRun(input: { planPaceForSeconds: number }): Promise<{ fleetSize: number; waitingSize: number }>;
    /** How the fleet stands and what waits, for all gauges but the one that a run counts itself. */
    measureFleet(input: Nothing): Promise<Readonly<Record<Exclude<Gauge, 'LeasesHeld'>, number>>>;
  };
  readonly ec2: ImpairedLister;
  readonly converge: ConvergeRequester;
  readonly count: Count;
  readonly measure: Measure;
  /** Tells the metrics and the log of what has happened since; answers how many events there were. */
  readonly consumeEvents: () => Promise<number>;
  readonly brake: BrakePolicy;
  readonly grace: GracePolicy;
};
