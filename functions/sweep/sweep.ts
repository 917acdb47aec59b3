import { randomUUID } from 'node:crypto';
import { NIL as FIRST_ID } from 'uuid';
import type { Candidate, ConfirmResult } from '../../lib/domain/confirm.ts';
import type { ConvergeRequester } from '../../lib/domain/operation.ts';
import { VERDICTS } from '../../lib/domain/verdict.ts';

type Context = { readonly actor: string; readonly requestId: string; readonly fence: number };

type Ports = {
  readonly store: {
    claimSweep(input: {
      owner: string;
      holdSeconds: number;
    }): Promise<{ fence: number; cursor: string | null } | undefined>;
    readCandidates(page: { after: string; limit: number }): Promise<readonly Candidate[]>;
    advanceSweep(input: { fence: number; cursor: string | null }): Promise<unknown>;
    finishSweep(input: { fence: number }): Promise<unknown>;
  };
  readonly confirm: (candidates: readonly Candidate[], context: Context) => Promise<ConfirmResult>;
  readonly converge: ConvergeRequester;
};

/** Rows a page: what one flip statement may take. */
const PAGE = 1_000;

/** A crashed sweep loses its fence after this many seconds: the function's timeout, so that it is dead by then. */
const HOLD_SECONDS = 55;

/**
 * Compares every instance that the registry believes in with EC2, page by page from where the last run ended, until all
 * were asked or the time is up. How far it came is kept after each page, so that a killed run starves nobody; a page
 * that fails does not keep the others from being swept.
 */
export function createSweep({ store, confirm, converge }: Ports) {
  /**
   * @param timeLeftMs milliseconds in which this run may still begin a page
   * @throws AggregateError with what failed, after the other pages were swept
   */
  return async ({ requestId, timeLeftMs }: { requestId: string; timeLeftMs: () => number }) => {
    const claim = await store.claimSweep({ owner: randomUUID(), holdSeconds: HOLD_SECONDS });
    if (claim === undefined) return { swept: false, reason: 'another sweep is running' };
    const { fence } = claim;
    const tally = new Tally();
    const failures: unknown[] = [];

    const begin = claim.cursor;
    let after = begin ?? FIRST_ID;
    let end = begin === null ? 'here' : 'beyond';
    while (end !== 'reached' && timeLeftMs() > 0) {
      const read = await store.readCandidates({ after, limit: PAGE });
      const candidates = end === 'here' && begin !== null ? read.filter((one) => one.workspaceId <= begin) : read;
      try {
        tally.add(await confirm(candidates, { actor: 'sweep', requestId, fence }));
      } catch (error) {
        failures.push(error);
      }
      const last = candidates.length === PAGE ? candidates.at(-1)?.workspaceId : undefined;
      if (last === undefined) end = end === 'beyond' ? 'here' : 'reached';
      after = last ?? FIRST_ID;
      await store.advanceSweep({ fence, cursor: last ?? null });
    }
    await store.finishSweep({ fence });
    if (tally.owing) await converge.request(null);
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} pages of the sweep failed`);
    return { swept: true, complete: end === 'reached', ...tally.summary };
  };
}

/** Adds up the pages of a run. */
class Tally {
  owing = false;
  readonly summary = {
    asked: 0,
    flipped: 0,
    owing_start: 0,
    cleared: 0,
    verdicts: { alive: 0, stopped: 0, gone: 0, absent: 0, unknown: 0 },
  };

  add({ verdicts, flipped, owingStart, cleared, owing }: ConfirmResult): void {
    this.owing ||= owing;
    for (const verdict of VERDICTS) {
      this.summary.verdicts[verdict] += verdicts[verdict];
      this.summary.asked += verdicts[verdict];
    }
    this.summary.flipped += flipped.length;
    this.summary.owing_start += owingStart;
    this.summary.cleared += cleared;
  }
}
