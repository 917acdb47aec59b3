import { setTimeout as delay } from 'node:timers/promises';
import type { Disagreement, Sight } from '../check/agreement.ts';
import { unsettled } from '../check/unsettled.ts';
import { look } from '../check/verdict.ts';
import { SCHEDULED } from '../plan/plan.ts';
import type { Storm } from './storm.ts';

const MOST_ROUNDS = 80;
const WITHIN_MS = 420_000;
/** EC2's own transitions, and a boot, take a second or two. */
const BETWEEN_MS = 1_500;

/**
 * Lets the schedules run, round after round, until nothing is owed and nothing changes any more.
 * @returns what is still owed when the patience for it is over
 */
export async function settle(
  storm: Storm,
  progress: (round: number, owed: readonly Disagreement[]) => void,
): Promise<readonly Disagreement[]> {
  const { database, schedules, tally, killed, over } = storm;
  const deadline = performance.now() + WITHIN_MS;
  let before: string | undefined;
  let owed: readonly Disagreement[] = [];
  for (let round = 1; round <= MOST_ROUNDS && performance.now() < deadline; round += 1) {
    await database.age();
    for (const name of SCHEDULED) {
      const failure = await schedules.run(name);
      over.throwIfAborted();
      if (failure !== undefined) tally.wrong.push(`with no fault set, ${failure}`);
    }
    await delay(BETWEEN_MS, undefined, { signal: over });
    const sight = await look(storm);
    owed = unsettled(sight, killed);
    const now = fingerprint(sight);
    if (owed.length === 0 && now === before) return [];
    before = now;
    progress(round, owed);
  }
  return owed.length > 0 ? owed : [{ workspaceId: null, what: 'the registry does not come to rest' }];
}

function fingerprint({ rows, instances }: Sight): string {
  const of = rows.map(({ id, status, generation, instance_id }) => [id, status, generation, instance_id]);
  return JSON.stringify([of, instances.map(({ id, state }) => [id, state])]);
}
