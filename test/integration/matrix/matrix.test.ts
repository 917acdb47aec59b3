import { describe, expect, it } from 'vitest';
import { GRACE_WORLDS, titleOf, WORLDS, type World } from './axes.ts';
import { liveThrough } from './live-through.ts';
import { useSweeps } from './sweeping.ts';

// Every fault of EC2, with every one of the database, at every time, against one fleet of everything that a workspace
// can be. What has to come of it is worked out from the invariants (oracle.ts), for each workspace in each world.

/** All, if they are asked for; else a few, each with another fault of EC2, another of the database and of time. */
const isTried = (_: World, at: number) => process.env['MUSTER_FAULTS'] === 'all' || at % 39 === 0;

const sweeps = useSweeps();

describe('no false flip, and every true death found within its bound', () => {
  it.each([...WORLDS, ...GRACE_WORLDS].filter(isTried).map((world) => [titleOf(world), world] as const))(
    '%s',
    async (_, world) => {
      expect(await liveThrough(world, sweeps)).toEqual([]);
    },
    60_000,
  );
});
