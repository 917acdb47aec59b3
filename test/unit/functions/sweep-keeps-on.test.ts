import { expect, it } from 'vitest';
import { createSweep } from '../../../functions/sweep/sweep.ts';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { DEFAULT_ABSENCE } from '../../../lib/domain/sweep/absence.ts';
import type { Inquiry } from '../../../lib/domain/verdict.ts';
import { storeOfFleet } from './swept-fleet.ts';

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
    const sweep = createSweep({
      store: {
        ...storeOfFleet(),
        flipInstances: async ({ rows }) => {
          flipped.push(...rows.map(({ workspace_id }) => workspace_id));
          return rows.map(({ workspace_id, event }) => ({ id: workspace_id, event, owing: true }));
        },
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
