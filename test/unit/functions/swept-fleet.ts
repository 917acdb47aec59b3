import type { Candidate } from '../../../lib/domain/candidate.ts';

/** An online workspace as a sweep reads it; in the order of `at`. */
const candidateOf = (at: number): Candidate => ({
  workspaceId: `01900000-0000-7000-8000-${String(at).padStart(12, '0')}`,
  instanceId: `i-${at}`,
  generation: 1,
  status: 'online',
  zone: 'us-east-1a',
  held: false,
  silenced: false,
  settling: false,
  owing: false,
  mended: true,
  missing: false,
  askedAt: 'now',
});

/** More than is read, or asked for, at once. */
export const FLEET = Array.from({ length: 4_000 }, (_, at) => candidateOf(at));

const nothing = async () => [];

/** A store with that fleet, in which nothing comes to be written; it keeps the cursor. */
export function storeOfFleet() {
  let cursor: string | null = null;
  return {
    readRegistry: async () => ({ registryId: 'r' }),
    readCandidates: async ({ after, limit }: { after: string; limit: number }) =>
      FLEET.filter(({ workspaceId }) => workspaceId > after).slice(0, limit),
    claimSweep: async () => ({ fence: 1, cursor }),
    advanceSweep: async (to: { cursor: string | null }) => {
      cursor = to.cursor;
    },
    finishSweep: async () => undefined,
    flipInstances: nothing,
    oweStart: nothing,
    resumeHeld: nothing,
    clearDeadInstances: nothing,
    noteAbsences: nothing,
    forgetAbsences: nothing,
    flipAbsent: nothing,
  };
}
