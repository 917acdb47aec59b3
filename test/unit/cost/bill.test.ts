import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billOf, cheaperUpTo, pairOf, totalOf } from '../../../infra/cost/bill.ts';
import { beatsPerSecond } from '../../../infra/cost/fleet.ts';
import { costOf, PRICES } from '../../../infra/cost/prices.ts';
import { DEPLOYMENT, FLEET } from './fleets.ts';

const totalWith = (fleet: Partial<typeof FLEET>, deployment: Partial<typeof DEPLOYMENT> = {}) =>
  totalOf(billOf({ ...FLEET, ...fleet }, { ...DEPLOYMENT, ...deployment }));

describe('1,000 workspaces on EC2 at their 60 s, reckoned by hand', () => {
  // 1,000 / 60 s × 2,628,000 s = 43.8 million beats; 4,000 boots; 43,800 runs of each of four schedules.
  it.each([
    // 43.8 M beats and 4,000 × 16 calls of a boot, at $1.00 a million.
    ['API Gateway', 43.864],
    // 44,079,200 calls at $0.20 a million; 0.25 GB × 1,448,287.5 s and 1.7275 GB × 32,850 s at $0.0000133334.
    ['Lambda', 8.81584 + 0.0000133334 * (0.25 * (1_314_000 + 1_920 + 12_000 + 20_367) + (1_769 / 1_024) * 32_850)],
    // 43.8 M, 4,000 × 30, and 43,800 × (3 × 3 + 5 + 1), at $0.35 a million.
    ['RDS Data API', 15.60195],
    // 0.5 ACU × 730 h × $0.12.
    ['Aurora capacity', 43.8],
    // 43.8 M and 4,000 × 60 at $0.20 a million; 10 GB at $0.10, and kept once more at $0.021.
    ['Aurora storage, I/O', 8.808 + 1.21],
    // 44,079,200 × 330 B, 175,200 × 1,500 B and 4,000 × 8,000 B: 14.840936 GB at $0.50, and for 30 of 30.4 days at $0.03.
    ['CloudWatch logs', 14.840936 * (0.5 + (0.03 * 720) / 730)],
    // 20 metrics, and 30 in a tenth of the hours, at $0.30; 20 metrics of alarms at $0.10; a dashboard at $3.
    ['CloudWatch metrics, alarms', 6.9 + 2 + 3],
    ['X-Ray', 0],
    // 3 at $0.40, and 6 containers that read twelve times an hour.
    ['Secrets Manager, KMS', 1.2 + 52_560 * (0.000005 + 0.000003)],
    // 215,200 messages at most at $0.40 a million, and 0.4 GB of a year's events.
    ['EventBridge, SQS, S3', 0.08608 + 0.4032 * 0.023],
    // 43.8 GB within the Region.
    ['Data transfer', 0.438],
  ] as const)('%s', (service, usd) => {
    expect(billOf(FLEET, DEPLOYMENT)[service]).toBeCloseTo(usd, 4);
  });

  it('what leaves the Region costs more: half of them outside of EC2, at the same pace', () => {
    // 21.9 GB each, at $0.01 and at $0.09.
    const half = billOf({ ...FLEET, externalShare: 0.5, paceSeconds: 60 }, DEPLOYMENT);
    expect(half['Data transfer']).toBeCloseTo(0.219 + 1.971, 4);
  });

  it('has no other service', () => {
    expect(Object.keys(billOf(FLEET, DEPLOYMENT))).toHaveLength(11);
  });
});

describe('what has been reckoned on paper comes out again', () => {
  it.each([
    ['at 30 s', { paceSeconds: 30 }, 209],
    ['at 30 s with a line, a metric and a trace for each beat', { paceSeconds: 30, chatty: true }, 311],
    ['at 120 s through a Function URL', { paceSeconds: 120, functionUrl: true }, 63],
  ])('%s, but for what it left out: what watches, and what Lambda logs by itself', (_, fleet, paper) => {
    const bill = billOf({ ...FLEET, ...fleet }, { ...DEPLOYMENT, platformLogs: false });
    const leftOut = bill['CloudWatch metrics, alarms'] + bill['Data transfer'];
    expect(Math.abs(totalOf(bill) - leftOut - paper) / paper).toBeLessThan(0.1);
  });
});

describe('the rate of a fleet', () => {
  it.each([
    ['on EC2', {}, 1_000 / 60],
    ['outside of it', { externalShare: 1 }, 1_000 / 30],
    ['half and half', { externalShare: 0.5 }, 500 / 60 + 500 / 30],
    ['at a pace of its own', { paceSeconds: 120 }, 1_000 / 120],
    ['that is large, at the target', { workspaces: 100_000 }, 500],
    ['that is large, at a slower pace', { workspaces: 100_000, paceSeconds: 400 }, 250],
  ])('%s', (_, fleet, rate) => {
    expect(beatsPerSecond({ ...FLEET, ...fleet })).toBeCloseTo(rate, 9);
  });
});

describe('the bill', () => {
  const fleets = fc.record({
    workspaces: fc.integer({ min: 1, max: 200_000 }),
    externalShare: fc.double({ min: 0, max: 1, noNaN: true }),
    paceSeconds: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
    functionUrl: fc.boolean(),
    chatty: fc.boolean(),
    secretReads: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  it('is never lower for more workspaces, nor is that of the pair', () => {
    void fc.assert(
      fc.property(fleets, fc.integer({ min: 1, max: 100_000 }), (fleet, more) => {
        const larger = { ...fleet, workspaces: fleet.workspaces + more };
        expect(totalOf(billOf(larger, DEPLOYMENT))).toBeGreaterThanOrEqual(totalOf(billOf(fleet, DEPLOYMENT)) - 1e-9);
        expect(totalOf(pairOf(larger, DEPLOYMENT))).toBeGreaterThanOrEqual(totalOf(pairOf(fleet, DEPLOYMENT)) - 1e-9);
      }),
    );
  });

  it('has no service below nothing', () => {
    void fc.assert(
      fc.property(fleets, (fleet) => {
        for (const usd of Object.values(billOf(fleet, DEPLOYMENT))) expect(usd).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each([
    ['a slower pace', totalWith({ paceSeconds: 120 }), totalWith({})],
    ['a Function URL', totalWith({ functionUrl: true }), totalWith({})],
    ['both', totalWith({ paceSeconds: 120, functionUrl: true }), totalWith({ paceSeconds: 120 })],
    ['no line of Lambda’s own', totalWith({}, { platformLogs: false }), totalWith({})],
    ['silence', totalWith({}), totalWith({ chatty: true })],
    ['a secret that is kept', totalWith({}), totalWith({ secretReads: 1 })],
    ['runtimes in EC2', totalWith({}), totalWith({ externalShare: 1, paceSeconds: 60 })],
    ['a smaller memory', totalWith({}, { memoryMb: 128 }), totalWith({})],
    ['a smaller least capacity', totalWith({}, { minCapacity: 0 }), totalWith({})],
    ['a shorter retention', totalWith({}, { retentionDays: 7 }), totalWith({})],
    ['fewer alarms', totalWith({}, { alarmMetrics: 19 }), totalWith({})],
  ])('is lower with %s', (_, lower, higher) => {
    expect(lower).toBeLessThan(higher);
  });
});

describe('the always-on pair', () => {
  it('costs what its parts do', () => {
    const bill = pairOf(FLEET, DEPLOYMENT);
    // 2 × 730 h × $0.0168 and 40 GB; an hour's $0.0225 and two thirds of a unit; four addresses; the database and 20 GB.
    expect(bill.Instances).toBeCloseTo(24.528 + 3.2, 4);
    expect(bill['Load balancer']).toBeCloseTo(16.425 + (2 / 3) * 5.84, 4);
    expect(bill.Addresses).toBeCloseTo(14.6, 4);
    expect(bill.Database).toBeCloseTo(46.72 + 4.6, 4);
    expect(totalOf(bill)).toBeGreaterThan(120);
    expect(totalOf(bill)).toBeLessThan(145);
  });

  it.each([
    // 6,000 / 60 s: the small database, and small instances; 12,000 a larger one, 21,000 larger instances too.
    [6_000, 24.528 + 3.2, 46.72 + 4.6],
    [12_000, 24.528 + 3.2, 94.9 + 4.6],
    [21_000, 49.056 + 3.2, 94.9 + 4.6],
    [30_000, 49.056 + 3.2, 232.14 + 4.6],
  ])('grows with its beats: %i workspaces', (workspaces, instances, database) => {
    const bill = pairOf({ ...FLEET, workspaces }, DEPLOYMENT);
    expect(bill.Instances).toBeCloseTo(instances, 4);
    expect(bill.Database).toBeCloseTo(database, 4);
  });

  it('is what the registry is cheaper than up to a size, and not beyond it', () => {
    const size = cheaperUpTo(FLEET, DEPLOYMENT, 100_000);
    const difference = (workspaces: number) => {
      const fleet = { ...FLEET, workspaces };
      return totalOf(billOf(fleet, DEPLOYMENT)) - totalOf(pairOf(fleet, DEPLOYMENT));
    };
    expect(difference(size)).toBeLessThanOrEqual(0);
    expect(difference(size + 1)).toBeGreaterThan(0);
    expect(cheaperUpTo(FLEET, DEPLOYMENT, 100)).toBe(100);
    expect(cheaperUpTo(FLEET, { ...DEPLOYMENT, minCapacity: 8 }, 100)).toBe(0);
  });
});

it('a price in steps takes each unit at its own step', () => {
  expect(costOf(PRICES.httpApiRequest, 300e6)).toBeCloseTo(300, 6);
  expect(costOf(PRICES.httpApiRequest, 400e6)).toBeCloseTo(300 + 90, 6);
  expect(costOf(PRICES.dataApiRequest, 2e9)).toBeCloseTo(350 + 200, 6);
});
