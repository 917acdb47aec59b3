import { describe, expect, it } from 'vitest';
import { DEFAULT_BRAKE } from '../../../lib/domain/brake.ts';
import { DEFAULT_GRACE, judgeSilence, type SurveyedZone } from '../../../lib/domain/silence.ts';

const counted = ({ silent = 0, newlySilent = silent, ...over }: Partial<SurveyedZone>): SurveyedZone => ({
  zone: 'a',
  live: 100,
  silent,
  newlySilent,
  silentInstances: 0,
  beating: 100,
  unheard: 0,
  leaseSeconds: 180,
  surveyedAt: '2026-01-01 00:00:00+00',
  ...over,
});
const judge = (...zones: readonly Partial<SurveyedZone>[]) =>
  judgeSilence(zones.map(counted), DEFAULT_BRAKE, DEFAULT_GRACE);

describe('our own outage', () => {
  it.each([0, 2, 100, 1000])('is seen whatever a brake lets through at once (%i)', (floor) => {
    const all = counted({ live: 80, beating: 80, unheard: 80 });
    expect(judgeSilence([all], { floor, share: 0.1 }, DEFAULT_GRACE)).toMatchObject({ isOutage: true });
  });

  it.each([0, 1])('is not the silence of one or two (a brake of %i)', (floor) => {
    const all = counted({ live: 2, beating: 2, unheard: 2 });
    expect(judgeSilence([all], { floor, share: 0.1 }, DEFAULT_GRACE)).toMatchObject({ isOutage: false });
  });
});

describe('silence', () => {
  it('of nobody, in a fleet of nobody, is nothing', () => {
    expect(judge()).toEqual({
      silent: 0,
      silentInstances: 0,
      held: [],
      heldCount: 0,
      isOutage: false,
      graceSeconds: 270,
      surveyedAt: null,
    });
  });

  it.each([
    ['as many as the brake allows', [{ silent: 10 }], [], 0],
    ['one more', [{ silent: 11 }], 'fleet', 11],
    ['one more than a zone may lose', [{ silent: 11 }, { zone: 'b' }], ['a'], 11],
    [
      'outside EC2',
      [
        { zone: null, live: 20, silent: 3 },
        { zone: 'b', silent: 1 },
      ],
      [null],
      3,
    ],
    ['of more zones than one', [{ silent: 11 }, { zone: 'b', silent: 11 }, { zone: 'c', live: 400 }], ['a', 'b'], 22],
    [
      'of the fleet, though of no zone',
      [
        { live: 20, silent: 2 },
        { zone: 'b', live: 5, silent: 2 },
      ],
      'fleet',
      4,
    ],
    ['two of three, within the floor', [{ live: 3, silent: 2 }], [], 0],
  ] as const)('of %s (%o): held are %o, %i', (_, zones, held, heldCount) => {
    expect(judge(...zones)).toMatchObject({ held, heldCount });
  });

  it('counts all zones together', () => {
    expect(judge({ silent: 2, silentInstances: 1 }, { zone: 'b', silent: 3, silentInstances: 3 })).toMatchObject({
      silent: 5,
      silentInstances: 4,
      surveyedAt: '2026-01-01 00:00:00+00',
    });
  });
});

describe('our own outage', () => {
  it.each([
    ['half of all that were beating', { beating: 100, unheard: 50 }, false],
    ['more than half', { beating: 100, unheard: 51 }, true],
    ['more than half of those that were beating, of many that were not', { live: 1000, beating: 10, unheard: 6 }, true],
    ['two, however many that is', { live: 2, beating: 2, unheard: 2 }, false],
    ['three of three', { live: 3, beating: 3, unheard: 3 }, true],
    ['nobody', { live: 0, beating: 0, unheard: 0 }, false],
  ])('is that %s are unheard together (%o): %s', (_, zone, isOutage) => {
    expect(judge(zone)).toMatchObject({ isOutage });
  });

  it('is counted in all zones together', () => {
    expect(judge({ unheard: 90 }, { zone: 'b' })).toMatchObject({ isOutage: false });
    expect(judge({ unheard: 90 }, { zone: 'b', unheard: 11 })).toMatchObject({ isOutage: true });
  });

  it('is told by the configured share', () => {
    const grace = { ...DEFAULT_GRACE, outageShare: 0.2 };
    expect(judgeSilence([counted({ unheard: 21 })], DEFAULT_BRAKE, grace).isOutage).toBe(true);
  });

  it.each([
    [180, 270],
    [181, 272],
    [600, 900],
  ])('gives, where the longest lease is %i s, %i s of grace: a lease and a half', (leaseSeconds, expected) => {
    expect(judge({ leaseSeconds: 90 }, { zone: 'b', leaseSeconds }).graceSeconds).toBe(expected);
  });

  it('gives the configured grace where that is longer', () => {
    const grace = { ...DEFAULT_GRACE, graceSeconds: 1000 };
    expect(judgeSilence([counted({})], DEFAULT_BRAKE, grace).graceSeconds).toBe(1000);
  });
});
