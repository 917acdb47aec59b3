import { batchesOf } from './batches.ts';
import type { Candidate } from './candidate.ts';
import { type Decision, decide } from './sweep/decide.ts';
import type { Inquiry, Verdict } from './verdict.ts';
import type { By } from './workspace.ts';

/** `asked_at` as in {@link Candidate}: what has happened since outweighs EC2's answer. */
type Row = {
  readonly workspace_id: string;
  readonly instance_id: string;
  readonly generation: number;
  readonly asked_at: string;
};
type Because = Pick<Decision, 'reason' | 'evidence'>;

export type FlipRow = Row &
  Because & {
    readonly event: 'instance_gone' | 'instance_stopped';
    readonly terminated: boolean;
    readonly stopped_by_user: boolean;
  };

/** `fence`: the sweep's, or null for a caller that needs none. */
type Fenced<Rows> = { readonly fence: number | null; readonly rows: readonly Rows[] };

export type FlipInput = Fenced<FlipRow> & By;
export type OweStartInput = Fenced<Row & { readonly stopped_by_user: boolean }>;
export type EndHoldInput = Fenced<Row & Because> & By;
export type ClearInput = Fenced<Row & Because> & By;

export type ConfirmStore = {
  /** Answers which rows really flipped: only those count. */
  flipInstances(input: FlipInput): Promise<readonly { id: string; event: FlipRow['event']; owing: boolean }[]>;
  /** Answers the rows that it wrote, and whether a start is owed there: a stop by a person is only noted. */
  oweStart(input: OweStartInput): Promise<readonly { id: string; owing: boolean }[]>;
  /** Ends the hold of instances that were started again. */
  resumeHeld(input: EndHoldInput): Promise<readonly { id: string }[]>;
  clearDeadInstances(input: ClearInput): Promise<readonly { id: string; owing: boolean }[]>;
};

export type InstanceInquirer = {
  /**
   * Asks EC2 about instances; answers each id that was asked, whatever happened, and never throws.
   * @param zoneOf what is asked together is of one zone, so that a zone that fails fails no other
   */
  inquire(
    instanceIds: readonly string[],
    zoneOf?: (instanceId: string) => string | null,
  ): Promise<ReadonlyMap<string, Inquiry>>;
};

export type ConfirmResult = {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly flipped: readonly { readonly id: string; readonly event: FlipRow['event'] }[];
  readonly owingStart: number;
  readonly cleared: number;
  /** Whether EC2 is owed something by any of them: converge should hear of it. */
  readonly owing: boolean;
  /** Every candidate's. */
  readonly decisions: readonly Decision[];
};

/** Rows a statement: a lock on more would hold up the beats beside it. */
const AT_ONCE = 1_000;

/** Asks EC2 about candidates and writes what it proves: the one path that the sweep and a hint share. */
export function createConfirm({ store, ec2 }: { store: ConfirmStore; ec2: InstanceInquirer }) {
  /**
   * @returns what was decided and what was written of it; absences are for the sweep alone, which counts them
   * @throws what the store throws: rows that were not written are found again by the next sweep
   */
  return async (candidates: readonly Candidate[], context: By & { fence: number | null }): Promise<ConfirmResult> => {
    const decisions = await inquireAll(ec2, candidates);
    const acting = (act: Decision['act']) => decisions.filter((decision) => decision.act === act);
    const flips = [...acting('instance_gone'), ...acting('instance_stopped')].map(flipOf);
    const starts = acting('owe_start').map((one) => ({ ...rowOf(one), stopped_by_user: one.stoppedByUser }));

    const flipped = await inBatches(flips, (rows) => store.flipInstances({ rows, ...context }));
    const stopped = await inBatches(starts, (rows) => store.oweStart({ rows, ...context }));
    await inBatches(acting('end_hold').map(becauseOf), (rows) => store.resumeHeld({ rows, ...context }));
    const cleared = await inBatches(acting('clear').map(becauseOf), (rows) =>
      store.clearDeadInstances({ rows, ...context }),
    );
    return {
      verdicts: countVerdicts(decisions),
      flipped,
      owingStart: stopped.filter(({ owing }) => owing).length,
      cleared: cleared.length,
      owing: [...flipped, ...stopped, ...cleared].some(({ owing }) => owing),
      decisions,
    };
  };
}

/** Asks EC2 about candidates, and decides; nothing is written. */
export async function inquireAll(ec2: InstanceInquirer, candidates: readonly Candidate[]): Promise<Decision[]> {
  const zones = new Map(candidates.map(({ instanceId, zone }) => [instanceId, zone]));
  const answers = await ec2.inquire([...zones.keys()], (id) => zones.get(id) ?? null);
  return candidates.map((candidate) =>
    decide(candidate, answers.get(candidate.instanceId) ?? { kind: 'failed', error: 'not asked' }),
  );
}

export function countVerdicts(decisions: readonly Pick<Decision, 'verdict'>[]): Record<Verdict, number> {
  const verdicts: Record<Verdict, number> = { alive: 0, stopped: 0, gone: 0, absent: 0, unknown: 0 };
  for (const { verdict } of decisions) verdicts[verdict] += 1;
  return verdicts;
}

/** Writes rows in statements of at most 1,000; what has no row is not written. */
export async function inBatches<Input, Output>(
  rows: readonly Input[],
  write: (rows: readonly Input[]) => Promise<readonly Output[]>,
): Promise<Output[]> {
  const written: Output[] = [];
  for (const batch of batchesOf(rows, AT_ONCE)) written.push(...(await write(batch)));
  return written;
}

/** How the statements know a candidate's row. */
export function rowOf({ candidate }: Pick<Decision, 'candidate'>): Row {
  const { workspaceId, instanceId, generation, askedAt } = candidate;
  return { workspace_id: workspaceId, instance_id: instanceId, generation, asked_at: askedAt };
}

function becauseOf(decision: Decision) {
  return { ...rowOf(decision), reason: decision.reason, evidence: decision.evidence };
}

function flipOf(decision: Decision): FlipRow {
  const { act, terminated, stoppedByUser } = decision;
  const event = act === 'instance_stopped' ? act : 'instance_gone';
  return { ...becauseOf(decision), event, terminated, stopped_by_user: stoppedByUser };
}
