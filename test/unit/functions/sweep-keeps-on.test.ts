import { expect, it } from 'vitest';
import { createSweep } from '../../../functions/sweep/sweep.ts';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import type { Candidate } from '../../../lib/domain/candidate.ts';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { DEFAULT_ABSENCE } from '../../../lib/domain/sweep/absence.ts';
import type { Inquiry } from '../../../lib/domain/verdict.ts';

const idOf = (at: number) => `01900000-0000-7000-8000-${String(at).padStart(12, '0')}`;

const candidateOf = (at: number) =>
  ({
    workspaceId: idOf(at),
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
  }) satisfies Candidate;

const fleet = Array.from({ length: 4_000 }, (_, at) => candidateOf(at));

const terminated = (instanceId: string): Inquiry => ({
  kind: 'named',
  observation: { instanceId, state: 'terminated', reasonCode: null, zone: null, registryId: null, spot: false },
});

/** EC2 calls every instance terminated. */
const ec2 = {
  calls: { made: 0, throttled: 0, failed: 0 },
  listZone: async (_: string, zone: string) => ({ zone, states: new Map(), end: 'complete' }),
  inquire: async (ids: readonly string[]) => new Map(ids.map((id) => [id, terminated(id)])),
};

it.each(['advanceSweep', 'finishSweep'] as const)(
  'a sweep that cannot keep where it is (%s) flips the rest all the same, lets it be healed, and fails aloud',
  async (write) => {
    const down = new StoreUnavailable('the database was down for a moment');
    const flipped: string[] = [];
    const requested: unknown[] = [];
    const nothing = async () => [];
    const sweep = createSweep({
      store: {
        readRegistry: async () => ({ registryId: 'r' }),
        readCandidates: async ({ after, limit }) =>
          fleet.filter(({ workspaceId }) => workspaceId > after).slice(0, limit),
        claimSweep: async () => ({ fence: 1, cursor: null }),
        advanceSweep: async () => undefined,
        finishSweep: async () => undefined,
        flipInstances: async ({ rows }) => {
          flipped.push(...rows.map(({ workspace_id }) => workspace_id));
          return rows.map(({ workspace_id, event }) => ({ id: workspace_id, event, owing: true }));
        },
        oweStart: nothing,
        resumeHeld: nothing,
        clearDeadInstances: nothing,
        noteAbsences: nothing,
        forgetAbsences: nothing,
        flipAbsent: nothing,
        [write]: () => Promise.reject(down),
      },
      openEc2: () => ec2,
      converge: { request: async (id) => void requested.push(id) },
      count: () => undefined,
      absence: DEFAULT_ABSENCE,
      brake: DEFAULT_BRAKE,
    });
    const failed = await sweep({ requestId: 'r', timeLeftMs: () => 30_000 }).catch((error: unknown) => error);
    expect(flipped).toHaveLength(4_000);
    expect(requested).toEqual([null]);
    expect(failed).toMatchObject({ name: 'AggregateError' });
  },
);
