import type { Candidate, ConfirmResult } from '../../lib/domain/confirm.ts';
import type { Verdict } from '../../lib/domain/verdict.ts';

type Ports = {
  readonly store: {
    claimSweep(input: { holdSeconds: number }): Promise<{ fence: number; cursor: string | null } | undefined>;
    readCandidates(page: { after: string; limit: number }): Promise<readonly Candidate[]>;
    finishSweep(input: { fence: number; cursor: string | null }): Promise<unknown>;
  };
  readonly confirm: (
    candidates: readonly Candidate[],
    context: { actor: string; requestId: string; fence: number },
  ) => Promise<ConfirmResult>;
};

/** Rows a page: what one flip statement may take. */
const PAGE = 1_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** A crashed sweep loses its fence after this many seconds: the function's timeout, so that it is dead by then. */
const HOLD_SECONDS = 55;

/**
 * Compares every instance that the registry believes in with EC2, page by page from where the last run ended, until
 * all were asked or the time is up.
 */
export function createSweep({ store, confirm }: Ports) {
  /** @param timeLeftMs milliseconds that this run may still take */
  return async ({ requestId, timeLeftMs }: { requestId: string; timeLeftMs: () => number }) => {
    const claim = await store.claimSweep({ holdSeconds: HOLD_SECONDS });
    if (claim === undefined) return { swept: false, reason: 'another sweep is running' };
    const { fence } = claim;

    const verdicts: Record<Verdict, number> = { alive: 0, stopped: 0, gone: 0, absent: 0, unknown: 0 };
    const totals = { asked: 0, flipped: 0, owing_start: 0, cleared: 0 };
    const begin = claim.cursor ?? FIRST_ID;
    let after = begin;
    let wrapped = begin === FIRST_ID;
    let complete = false;
    while (!complete && timeLeftMs() > 0) {
      const read = await store.readCandidates({ after, limit: PAGE });
      const candidates = wrapped && begin !== FIRST_ID ? read.filter(({ workspaceId }) => workspaceId <= begin) : read;
      const result = await confirm(candidates, { actor: 'sweep', requestId, fence });
      for (const [verdict, count] of Object.entries(result.verdicts)) addTo(verdicts, verdict, count);
      totals.asked += candidates.length;
      totals.flipped += result.flipped.length;
      totals.owing_start += result.owingStart;
      totals.cleared += result.cleared;

      const last = read.at(-1)?.workspaceId;
      if (read.length === PAGE && candidates.length === PAGE && last !== undefined) after = last;
      else if (wrapped) complete = true;
      else {
        wrapped = true;
        after = FIRST_ID;
      }
    }
    await store.finishSweep({ fence, cursor: complete || after === FIRST_ID ? null : after });
    return { swept: true, complete, ...totals, verdicts };
  };
}

function addTo(verdicts: Record<Verdict, number>, verdict: string, count: number): void {
  for (const known of ['alive', 'stopped', 'gone', 'absent', 'unknown'] as const) {
    if (known === verdict) verdicts[known] += count;
  }
}
