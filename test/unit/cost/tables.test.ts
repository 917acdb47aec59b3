import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDeployment } from '../../../infra/cost/deployment.ts';
import { PRICES } from '../../../infra/cost/prices.ts';
import { readmeTables, servicesTable, variantsTable } from '../../../infra/cost/tables.ts';
import { fleetOf } from '../../../infra/cost.ts';
import type { Alarm } from '../../../infra/resources/alarms/alarm.ts';
import { ALARMS } from '../../../infra/resources/alarms/alarms.ts';
import { DEPLOYMENT, FLEET } from './fleets.ts';

const cellsOf = (table: string) =>
  table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

it('the table of variants has a row for each size and one for where the pair is cheaper', () => {
  const [head, rule, ...rows] = cellsOf(variantsTable(FLEET, [100, 1_000], DEPLOYMENT, 'markdown'));
  expect(head).toEqual([
    'workspaces',
    'beats/s',
    'as deployed',
    'log, metric, trace a beat',
    '120 s pace',
    'Function URL',
    'both knobs',
    'always-on pair',
  ]);
  expect(rule).toEqual(['---', ...Array(7).fill('---:')]);
  expect(rows.map(([first]) => first)).toEqual(['100', '1,000', 'cheaper than the pair up to']);
  expect(rows[1]?.slice(1, 2)).toEqual(['16.7']);
  for (const cell of rows[1]?.slice(2) ?? []) expect(cell).toMatch(/^\$\d+$/);
});

it('the table of services adds up', () => {
  const [head, , ...rows] = cellsOf(servicesTable(FLEET, [100, 1_000], DEPLOYMENT, 'markdown'));
  expect(head).toEqual(['$ a month', '100', '1,000']);
  const ofLargest = rows.map((cells) => Number(cells[2]?.replaceAll(',', '')));
  const total = ofLargest.at(-1) ?? 0;
  expect(rows.at(-1)?.[0]).toBe('total');
  expect(ofLargest.slice(0, -1).reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(total, 1);
});

it('the README has the tables that are true of this checkout: npm run cost -- --markdown', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../../README.md'), 'utf8');
  const between = /<!-- cost -->\n([\s\S]*?)\n<!-- \/cost -->/.exec(readme)?.[1];
  expect(between?.trim()).toBe(readmeTables(fleetOf([]).fleet, await readDeployment()));
});

it('what is deployed is read from the files that deploy it', async () => {
  expect(await readDeployment()).toMatchObject({
    memoryMb: expect.toSatisfy((megabytes: number) => megabytes >= 128 && megabytes <= 10_240),
    sweepMemoryMb: 1_769,
    minCapacity: expect.toSatisfy((capacity: number) => capacity >= 0 && capacity <= 8),
    retentionDays: expect.toSatisfy((days: number) => days >= 1),
    alarmMetrics: expect.toSatisfy((count: number) => count >= 8),
    steadyMetrics: expect.toSatisfy((count: number) => count >= 10),
  });
});

it('an alarm costs by the metrics that it looks at, of which a share has two', async () => {
  const looksAt = Object.values<Alarm>(ALARMS).map(({ watches }) => ('percent' in watches ? 2 : 1));
  const { alarmMetrics } = await readDeployment();
  expect(alarmMetrics).toBe(looksAt.reduce((sum, metrics) => sum + metrics, 0));
  expect(alarmMetrics).toBeGreaterThan(looksAt.length);
});

it.each(Object.entries(PRICES))(
  'the price %s names AWS’s page, and a month if it says when it was seen',
  (_, { source, seen, steps }) => {
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+\/$/);
    expect(seen ?? '2026-01').toMatch(/^202\d-(0[1-9]|1[0-2])$/);
    expect(steps[0]?.from).toBe(0);
  },
);

it('a command line names a fleet', () => {
  const { fleet, sizes } = fleetOf(['--workspaces', '250', '--pace', '45', '--external', '0.5', '--function-url']);
  expect(sizes).toEqual([250]);
  expect(fleet).toEqual({
    workspaces: 250,
    externalShare: 0.5,
    paceSeconds: 45,
    functionUrl: true,
    chatty: false,
    secretReads: 0,
  });
});

it.each([
  [['--workspaces', '0'], '--workspaces is to be a number from 1 to 10000000'],
  [['--pace', 'fast'], '--pace is to be a number from 1 to 3600'],
  [['--external', '1.1'], '--external is to be a number from 0 to 1'],
  [['--secret-reads', ''], '--secret-reads is to be a number from 0 to 1'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('%j is refused', (args, message) => {
  expect(() => fleetOf(args)).toThrow(message);
});
