import { STATUSES, type Status } from './status.ts';
import type { Inquiry, Verdict } from './verdict.ts';
import { judge, STOPPED_BY_USER } from './verdict.ts';
import type { By } from './workspace.ts';

/** A workspace that believes in an instance, as the registry read it at `askedAt`, before EC2 was asked. */
export type Candidate = {
  readonly workspaceId: string;
  readonly instanceId: string;
  readonly generation: number;
  readonly status: Status;
  /** A person has stopped the instance, which is not fought. */
  readonly held: boolean;
  /** PostgreSQL's text of the time of reading; opaque here, so that no microsecond is lost. */
  readonly askedAt: string;
};

type Row = { readonly workspace_id: string; readonly instance_id: string; readonly generation: number };

export type FlipRow = Row & {
  readonly event: 'instance_gone' | 'instance_stopped';
  readonly reason: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** EC2 said terminated: the one answer that even a later heartbeat does not outweigh. */
  readonly terminated: boolean;
  readonly stopped_by_user: boolean;
};

/** `fence`: the sweep's, or null for a caller that needs none. `askedAt` as in {@link Candidate}. */
type Asked = { readonly askedAt: string; readonly fence: number | null };

export type FlipInput = Asked & By & { readonly rows: readonly FlipRow[] };
export type OweStartInput = Asked & { readonly rows: readonly (Row & Pick<FlipRow, 'stopped_by_user'>)[] };
export type ResumeHeldInput = Asked & By & { readonly rows: readonly (Row & Pick<FlipRow, 'reason' | 'evidence'>)[] };
export type ClearInput = Asked & By & { readonly rows: readonly (Row & Pick<FlipRow, 'reason' | 'evidence'>)[] };

export type ConfirmStore = {
  /** Answers which rows really flipped: only those count. */
  flipInstances(input: FlipInput): Promise<readonly { id: string; event: FlipRow['event']; owing: boolean }[]>;
  /** Answers the rows that it wrote, and whether a start is owed there: a stop by a person is only noted. */
  oweStart(input: OweStartInput): Promise<readonly { id: string; owing: boolean }[]>;
  /** Ends the hold of instances that were started again. */
  resumeHeld(input: ResumeHeldInput): Promise<readonly { id: string }[]>;
  clearDeadInstances(input: ClearInput): Promise<readonly { id: string; owing: boolean }[]>;
};

export type InstanceInquirer = {
  /** Asks EC2 about instances; answers each id that was asked, whatever happened, and never throws. */
  inquire(instanceIds: readonly string[]): Promise<ReadonlyMap<string, Inquiry>>;
};

export type ConfirmResult = {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly flipped: readonly { readonly id: string; readonly event: FlipRow['event'] }[];
  readonly owingStart: number;
  readonly cleared: number;
  /** Whether EC2 is owed something by any of them: converge should hear of it. */
  readonly owing: boolean;
};

/** What a proof (gone, stopped) means for a workspace in each status: sweep and hint act on nothing else. */
const MEANING = {
  provisioning: { gone: 'instance_gone', stopped: 'owe_start' },
  online: { gone: 'instance_gone', stopped: 'instance_stopped' },
  degraded: { gone: 'instance_gone', stopped: 'instance_stopped' },
  offline: { gone: 'clear', stopped: null },
  paused: { gone: 'clear', stopped: null },
  hibernated: { gone: 'clear', stopped: null },
  failed: { gone: 'clear', stopped: null },
  removed: { gone: 'clear', stopped: null },
} as const satisfies Record<Status, Record<'gone' | 'stopped', FlipRow['event'] | 'owe_start' | 'clear' | null>>;

/** The statuses that a terminated instance does not change: the row loses its id, and offline owes a launch. */
export const CLEARED_STATUSES: readonly Status[] = STATUSES.filter((status) => MEANING[status].gone === 'clear');

/** Asks EC2 about candidates and writes what it proves: the one path that the sweep and a hint share. */
export function createConfirm({ store, ec2 }: { store: ConfirmStore; ec2: InstanceInquirer }) {
  /**
   * @param candidates read in one statement, so with one `askedAt`; at most 1,000
   * @throws what the store throws: rows that were not written are found again by the next sweep
   */
  return async (candidates: readonly Candidate[], context: By & { fence: number | null }): Promise<ConfirmResult> => {
    const verdicts: Record<Verdict, number> = { alive: 0, stopped: 0, gone: 0, absent: 0, unknown: 0 };
    const first = candidates[0];
    if (first === undefined) return { verdicts, flipped: [], owingStart: 0, cleared: 0, owing: false };

    const answers = await ec2.inquire(candidates.map(({ instanceId }) => instanceId));
    const flips: FlipRow[] = [];
    const starts: OweStartInput['rows'][number][] = [];
    const clears: ClearInput['rows'][number][] = [];
    const resumed: ResumeHeldInput['rows'][number][] = [];
    for (const candidate of candidates) {
      const inquiry = answers.get(candidate.instanceId) ?? { kind: 'failed', error: 'not asked' };
      const { verdict, reason, evidence } = judge(inquiry);
      verdicts[verdict] += 1;
      const row = {
        workspace_id: candidate.workspaceId,
        instance_id: candidate.instanceId,
        generation: candidate.generation,
      };
      if (verdict === 'alive' && candidate.held) resumed.push({ ...row, reason, evidence });
      if (verdict !== 'gone' && verdict !== 'stopped') continue;
      const meaning = MEANING[candidate.status][verdict];
      const { terminated, stopped_by_user } = detailsOf(inquiry);
      // While it is shutting down it may still speak; a row keeps its id until EC2 says terminated.
      if (meaning === 'clear' && terminated) clears.push({ ...row, reason, evidence });
      else if (meaning === 'owe_start') starts.push({ ...row, stopped_by_user });
      else if (meaning === 'instance_gone' || meaning === 'instance_stopped') {
        flips.push({ ...row, event: meaning, reason, evidence, terminated, stopped_by_user });
      }
    }

    const asked = { askedAt: first.askedAt, ...context };
    const flipped = flips.length > 0 ? await store.flipInstances({ rows: flips, ...asked }) : [];
    const stopped = starts.length > 0 ? await store.oweStart({ rows: starts, ...asked }) : [];
    if (resumed.length > 0) await store.resumeHeld({ rows: resumed, ...asked });
    const cleared = clears.length > 0 ? await store.clearDeadInstances({ rows: clears, ...asked }) : [];
    return {
      verdicts,
      flipped,
      owingStart: stopped.filter(({ owing }) => owing).length,
      cleared: cleared.length,
      owing: [...flipped, ...stopped, ...cleared].some(({ owing }) => owing),
    };
  };
}

function detailsOf(inquiry: Inquiry) {
  if (inquiry.kind !== 'named') return { terminated: false, stopped_by_user: false };
  const { state, reasonCode } = inquiry.observation;
  return {
    terminated: state === 'terminated',
    stopped_by_user: reasonCode === STOPPED_BY_USER,
  };
}
