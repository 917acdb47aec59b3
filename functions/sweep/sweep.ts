import { randomUUID } from 'node:crypto';
import { batchesOf } from '../../lib/domain/batches.ts';
import type { Candidate } from '../../lib/domain/candidate.ts';
import { createConfirm } from '../../lib/domain/confirm.ts';
import type { Decision } from '../../lib/domain/sweep/decide.ts';
import { type Absence, brakeAbsences, endAbsent, forgetAbsences, headcountOf, noteAbsences } from './absences.ts';
import { lookAt } from './look.ts';
import type { SweepPorts } from './ports.ts';
import { readFleet } from './read-fleet.ts';
import { Tally } from './tally.ts';

/** Candidates that are asked for by id, and written, together: ten calls side by side. */
const CHUNK = 2_000;

/** A crashed sweep loses its fence after this many seconds: the function's timeout, so that it is dead by then. */
const HOLD_SECONDS = 55;

/**
 * Compares every instance that the registry believes in with EC2: lists the zones, asks by id for what they do not show
 * alive, writes what is proved, a chunk at a time, from where the last run ended. How far it came is kept after each
 * chunk, so that neither a deadline nor a killed run starves anybody; a chunk that fails keeps no other from being swept.
 * @param chunkSize candidates that are asked for by id, and written, together
 */
export function createSweep({ store, openEc2, converge, count, absence, brake }: SweepPorts, chunkSize = CHUNK) {
  /**
   * @param timeLeftMs milliseconds in which EC2 may still be asked
   * @throws AggregateError with what failed, after the rest was swept
   */
  return async ({ requestId, timeLeftMs }: { requestId: string; timeLeftMs: () => number }) => {
    const claim = await store.claimSweep({ owner: randomUUID(), holdSeconds: HOLD_SECONDS });
    if (claim === undefined) return { swept: false, reason: 'another sweep is running' };
    const context = { actor: 'sweep', requestId, fence: claim.fence };
    const tally = new Tally();
    const keepCursor = (at: string | null) =>
      tally.attempt(() => store.advanceSweep({ fence: context.fence, cursor: at }));
    const { registryId } = await store.readRegistry({});
    const fleet = await readFleet(store, claim.cursor);
    const ec2 = openEc2(timeLeftMs());
    const confirm = createConfirm({ store, ec2 });

    const { settled, doubtful, listings } = await lookAt(ec2, registryId, fleet);
    tally.addSettled(settled);
    await tally.attempt(() =>
      forgetAbsences(
        store,
        settled.map(({ candidate }) => candidate),
        context.fence,
      ),
    );

    const absences: Absence[] = [];
    let cursor = claim.cursor;
    let leftAt: string | null = null;
    let waiting: readonly Candidate[] = doubtful;
    for (const chunk of batchesOf(doubtful, chunkSize)) {
      if (timeLeftMs() <= 0) break;
      const decisions = await tally.attempt(async () => {
        const confirmed = await confirm(chunk, context);
        tally.addConfirmed(confirmed);
        const named = confirmed.decisions.filter((decision) => decision.named).map(({ candidate }) => candidate);
        await forgetAbsences(store, named, context.fence);
        absences.push(...(await noteAbsences(store, confirmed.decisions, context.fence)));
        return confirmed.decisions;
      });
      const asked = decisions === undefined ? chunk.length : countAsked(decisions);
      leftAt ??= beforeLeft(decisions ?? [], cursor);
      cursor = chunk[asked - 1]?.workspaceId ?? cursor;
      waiting = waiting.slice(asked);
      if (asked < chunk.length) break;
      await keepCursor(waiting.length > 0 ? cursor : null);
    }
    const resumeAt = waiting.length > 0 ? cursor : leftAt;
    if (resumeAt !== null) await keepCursor(resumeAt);

    const { passed, held } = brakeAbsences(absences, fleet, { absence, brake });
    await tally.attempt(async () =>
      tally.addAbsent(await endAbsent(store, passed, headcountOf(fleet), { absence, brake }, context)),
    );
    await tally.attempt(() => store.finishSweep({ fence: context.fence, backlog: waiting.length, held: held.length }));
    count('SweepCallsThrottled', ec2.calls.throttled);
    if (tally.owing) await converge.request(null);
    tally.throwFailures();
    count('SweepsCompleted');
    const unlisted = listings.filter(({ end }) => end !== 'complete');
    const left = { complete: waiting.length === 0, backlog: waiting.length, held: held.length };
    return { swept: true, ...tally.summary, ...left, unlisted, ec2: ec2.calls };
  };
}

/** Behind whom the first comes that was not asked for since its zone had failed: the next run begins with it. */
function beforeLeft(decisions: readonly Decision[], cursor: string | null): string | null {
  const first = decisions.findIndex(({ reason }) => reason === 'zone_left');
  return first === -1 ? null : (decisions[first - 1]?.candidate.workspaceId ?? cursor);
}

/** Up to the first that there was no time for: the next run goes on from there. */
function countAsked(decisions: readonly Decision[]): number {
  const late = decisions.findIndex(({ reason }) => reason === 'deadline');
  return late === -1 ? decisions.length : late;
}
