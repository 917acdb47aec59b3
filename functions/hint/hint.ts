import { randomUUID } from 'node:crypto';
import type { Hint } from '../../lib/domain/hint.ts';
import { VERDICTS } from '../../lib/domain/verdict.ts';
import { type Answered, answerHints } from './answer-hints.ts';
import type { HintPorts } from './ports.ts';

/** Hints a round: what one statement may take. */
const AT_ONCE = 1_000;

/** How long a crashed answerer keeps the others from it: longer than a round with EC2 at 8 s an answer. */
const HOLD_SECONDS = 30;

/** How long nobody answers after EC2 could not, or the database: the sweep finds what is noted meanwhile. */
const REST_SECONDS = 10;

/** The same for who waits for it, and a little more: its clock is not the database's. */
const REST_MS = REST_SECONDS * 1_000 + 250;

/** EC2 warns two minutes before: an instance that lives on far beyond was not terminated, whatever the warning said. */
const WARNING_SECONDS = 180;

/** In this time the sweep has asked twice. */
const STALE_SECONDS = 120;

/**
 * A hint is never believed: it is a reason to ask EC2 now. Of any number of hints at once one asks for all: each is
 * noted, and then whoever finds the answering free answers what is noted until nothing is left, or its time is up. What
 * it does not come to is found by the next hint, or by the sweep.
 */
export function createHint(ports: HintPorts) {
  const { store, gatherMs, pause } = ports;

  /** A round that fails has to give the answering back too, and nobody is to run into the same at once. */
  const round = async (owner: string, requestId: string): Promise<Answered> => {
    let restSeconds = REST_SECONDS;
    try {
      await pause(gatherMs);
      const taken = await store.takeHints({
        owner,
        holdSeconds: HOLD_SECONDS,
        limit: AT_ONCE,
        warningSeconds: WARNING_SECONDS,
        staleSeconds: STALE_SECONDS,
      });
      const answered = await answerHints(ports, taken, { actor: 'hint', requestId });
      if (answered.unanswered === 0) restSeconds = 0;
      return answered;
    } finally {
      await store.releaseHints({ owner, restSeconds });
    }
  };

  /** @param timeLeftMs milliseconds in which this call may still begin a round */
  return async ({ hint, requestId, timeLeftMs }: { hint: Hint; requestId: string; timeLeftMs: () => number }) => {
    const { known, marked, free } = await store.noteHint({ ...hint, actor: 'hint', requestId });
    const tally = new Tally();
    while (free && timeLeftMs() > 0) {
      const owner = randomUUID();
      if ((await store.claimHints({ owner, holdSeconds: HOLD_SECONDS })) === undefined) break;
      const answered = await round(owner, requestId);
      tally.add(answered);
      // Nobody else may be told of these again; a warning is no use to who hears of the death.
      if (answered.unanswered > 0 && timeLeftMs() > REST_MS) await pause(REST_MS);
    }
    return { instance_id: hint.instanceId, known, marked, ...tally.summary };
  };
}

/** Adds up the rounds of a call. */
class Tally {
  readonly summary = {
    rounds: 0,
    flipped: 0,
    owing_start: 0,
    cleared: 0,
    replaced: 0,
    verdicts: { alive: 0, stopped: 0, gone: 0, absent: 0, unknown: 0 },
  };

  add({ verdicts, flipped, owingStart, cleared, replaced }: Answered): void {
    this.summary.rounds += 1;
    this.summary.flipped += flipped;
    this.summary.owing_start += owingStart;
    this.summary.cleared += cleared;
    this.summary.replaced += replaced;
    for (const verdict of VERDICTS) this.summary.verdicts[verdict] += verdicts[verdict];
  }
}
