import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowanceOf, masses, slowed, type Zone } from '../../../lib/domain/brake.ts';

const zone = fc.constantFrom<Zone[]>('a', 'b', 'c', null);
const policy = fc.record({
  floor: fc.integer({ min: 0, max: 10 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});
const due = fc.array(fc.record({ zone, id: fc.integer() }), { maxLength: 60 });
const headcount = fc.array(fc.tuple(zone, fc.integer({ min: 0, max: 200 }))).map((entries) => new Map(entries));

const sum = (counts: ReadonlyMap<Zone, number>) => [...counts.values()].reduce((total, count) => total + count, 0);
const countBy = (zones: readonly { readonly zone: Zone }[]) => {
  const counts = new Map<Zone, number>();
  for (const one of zones) counts.set(one.zone, (counts.get(one.zone) ?? 0) + 1);
  return counts;
};

describe('what a mass is', () => {
  it.each([
    [0, 2, 0.1, 2],
    [15, 2, 0.1, 2],
    [29, 2, 0.1, 2],
    [30, 2, 0.1, 3],
    [1000, 2, 0.1, 100],
    [1000, 0, 0, 0],
    [10, 0, 1, 10],
  ])('of %i, with a floor of %i and a share of %f, %i may change together', (count, floor, share, allowed) => {
    expect(allowanceOf(count, { floor, share })).toBe(allowed);
  });
});

describe('a brake that slows', () => {
  it('lets pass or holds each that is due once, keeping the order, and invents none', () => {
    fc.assert(
      fc.property(due, headcount, policy, (wanted, counts, limits) => {
        const { passed, held } = slowed(wanted, counts, limits);
        expect(passed.length + held.length).toBe(wanted.length);
        expect(passed).toEqual(wanted.filter((one) => passed.includes(one)));
        expect(held.map((one) => one.due)).toEqual(wanted.filter((one) => held.some((kept) => kept.due === one)));
      }),
    );
  });

  it('lets no zone and no fleet lose more than is allowed', () => {
    fc.assert(
      fc.property(due, headcount, policy, (wanted, counts, limits) => {
        const { passed } = slowed(wanted, counts, limits);
        expect(passed.length).toBeLessThanOrEqual(allowanceOf(sum(counts), limits));
        for (const [where, count] of countBy(passed)) {
          expect(count).toBeLessThanOrEqual(allowanceOf(counts.get(where) ?? 0, limits));
        }
      }),
    );
  });

  it('holds nobody whom zone and fleet have room for', () => {
    fc.assert(
      fc.property(due, headcount, policy, (wanted, counts, limits) => {
        const { passed, held } = slowed(wanted, counts, limits);
        const passedOf = countBy(passed);
        for (const one of held) {
          const room =
            one.by === 'fleet'
              ? allowanceOf(sum(counts), limits) - passed.length
              : allowanceOf(counts.get(one.due.zone) ?? 0, limits) - (passedOf.get(one.due.zone) ?? 0);
          expect(room).toBe(0);
        }
      }),
    );
  });

  it('lets everything through in the end, a part at a time, where it stays true', () => {
    fc.assert(
      fc.property(due, headcount, policy, (wanted, counts, limits) => {
        const atLeastOne = { ...limits, floor: Math.max(1, limits.floor) };
        let waiting: readonly { readonly zone: Zone }[] = wanted;
        for (let cycle = 0; cycle < wanted.length; cycle += 1) {
          waiting = slowed(waiting, counts, atLeastOne).held.map((one) => one.due);
        }
        expect(waiting).toEqual([]);
      }),
    );
  });
});

describe('a brake that holds masses', () => {
  const silent = fc.array(fc.tuple(zone, fc.integer({ min: 0, max: 200 }))).map((entries) => new Map(entries));

  it('holds the fleet exactly where too many of all are due', () => {
    fc.assert(
      fc.property(silent, headcount, policy, (counts, heads, limits) => {
        expect(masses(counts, heads, limits) === 'fleet').toBe(sum(counts) > allowanceOf(sum(heads), limits));
      }),
    );
  });

  it('holds otherwise exactly the zones of which too many are due', () => {
    fc.assert(
      fc.property(silent, headcount, policy, (counts, heads, limits) => {
        const held = masses(counts, heads, limits);
        if (held === 'fleet') return;
        for (const where of ['a', 'b', 'c', null]) {
          const isMass = (counts.get(where) ?? 0) > allowanceOf(heads.get(where) ?? 0, limits);
          expect(held.has(where)).toBe(isMass);
        }
      }),
    );
  });

  it('never holds where nobody is due', () => {
    fc.assert(
      fc.property(headcount, policy, (heads, limits) => {
        expect(masses(new Map([...heads.keys()].map((where) => [where, 0])), heads, limits)).toEqual(new Set());
      }),
    );
  });
});
