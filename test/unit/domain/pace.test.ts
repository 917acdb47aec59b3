import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextBeatIn } from '../../../lib/domain/pace.ts';
import { DEFAULT_POLICY } from '../../../lib/domain/policy.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const FAST_SECONDS = DEFAULT_POLICY.plan_pace_seconds;

/** Ids that differ in their last digits only, as those of workspaces that are created together nearly do. */
const idOf = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const fleet = (size: number) => Array.from({ length: size }, (_, n) => idOf(n));

/** A number from 0 to 1 that looks like a random one, and is another for each `seed`. */
const randomOf = (seed: string) => createHash('md5').update(seed).digest().readUInt32BE(0) / 2 ** 32;

const next = (workspaceId: string, paceSeconds: number, nowMs = NOW_MS, random = 0.5) =>
  nextBeatIn({ workspaceId, paceSeconds, fastSeconds: FAST_SECONDS, nowMs, random });

/** How many of these times (in seconds) are in the fullest second of a pace. */
const fullest = (times: readonly number[], paceSeconds: number) => {
  const buckets = new Map<number, number>();
  for (const time of times) {
    const bucket = Math.floor(time % paceSeconds);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return Math.max(...buckets.values());
};

const anyId = fc.uuid();
const anyTime = fc.integer({ min: 0, max: 4_102_444_800_000 });
const anyRandom = fc.double({ min: 0, max: 1, noNaN: true });
const anySlowPace = fc.double({ min: FAST_SECONDS + 0.1, max: 3600, noNaN: true });

/** Paces and times shrink for minutes to what is no clearer. */
const UNSHRUNK = { endOnFailure: true };

describe('an ordinary pace', () => {
  it('asks for a beat from half a pace to one and a half from now, for every id, at every time', () => {
    fc.assert(
      fc.property(anyId, anySlowPace, anyTime, anyRandom, (id, pace, nowMs, random) => {
        const seconds = next(id, pace, nowMs, random);
        expect(seconds).toBeGreaterThanOrEqual(0.5 * pace - 0.001);
        expect(seconds).toBeLessThanOrEqual(1.5 * pace + 0.001);
      }),
      UNSHRUNK,
    );
  });

  it('leaves a beat room to be lost, or to be late, within a lease', () => {
    fc.assert(
      fc.property(anyId, anySlowPace, anyTime, anyRandom, (id, pace, nowMs, random) => {
        const lease = Math.max(DEFAULT_POLICY.lease_min_seconds, DEFAULT_POLICY.lease_paces * pace);
        expect(next(id, pace, nowMs, random)).toBeLessThanOrEqual(lease / 2 + 0.001);
      }),
      UNSHRUNK,
    );
  });

  it.each([30, 60, 200])(
    'of %i s spreads 10,000 workspaces that all beat in the same second evenly, after one beat',
    (pace) => {
      const size = 10_000;
      const times = fleet(size).map((id) => {
        const nowMs = NOW_MS + randomOf(`second ${id}`) * 1000;
        return nowMs / 1000 + next(id, pace, nowMs, randomOf(id));
      });
      const even = size / pace;
      // As uneven as chance makes it, and no more: five standard deviations.
      expect(fullest(times, pace)).toBeLessThan(even + 5 * Math.sqrt(even));
      expect(Math.min(...times)).toBeGreaterThanOrEqual(NOW_MS / 1000 + 0.5 * pace);
    },
  );

  it('leaves a runtime on its phase where it is, a pace apart but for the jitter, also when it is late a little', () => {
    fc.assert(
      fc.property(anyId, anySlowPace, anyTime, fc.double({ min: 0, max: 0.2, noNaN: true }), (id, pace, from, late) => {
        const first = from + next(id, pace, from) * 1000;
        const second = first + late * pace * 1000;
        const arrives = second + next(id, pace, second) * 1000;
        // Milliseconds are rounded, and a pace of an hour has 3.6 million of them.
        expect(Math.abs(arrives - first - pace * 1000)).toBeLessThan(3);
      }),
      UNSHRUNK,
    );
  });

  it('is a pace in the long run, whenever beats are late and however they jitter', () => {
    const pace = 60;
    for (const id of fleet(20)) {
      let nowMs = NOW_MS;
      const beats = 500;
      for (let beat = 0; beat < beats; beat += 1) {
        nowMs += next(id, pace, nowMs, randomOf(`${id} ${beat}`)) * 1000 + randomOf(`late ${id} ${beat}`) * 300;
      }
      expect((nowMs - NOW_MS) / 1000 / beats).toBeCloseTo(pace, 0);
    }
  });

  it('has a little jitter', () => {
    const [low, middle, high] = [0, 0.5, 1].map((random) => next(idOf(7), 60, NOW_MS, random));
    expect([low, high]).toEqual([expect.closeTo(Number(middle) - 1.2, 2), expect.closeTo(Number(middle) + 1.2, 2)]);
  });
});

describe('a fast pace, which a plan waits for', () => {
  it.each([
    [1, 0, 0.9],
    [1, 0.5, 1],
    [2, 1, 2.2],
  ])('of %f s with the random number %f is %f s, whatever the phase', (pace, random, expected) => {
    for (const id of fleet(5)) expect(next(id, pace, NOW_MS, random)).toBe(expected);
  });

  it('that has grown, since very many wait, is spread as an ordinary one', () => {
    const times = fleet(10_000).map((id) => NOW_MS / 1000 + next(id, 20));
    expect(fullest(times, 20)).toBeLessThan(500 + 5 * Math.sqrt(500));
  });
});
