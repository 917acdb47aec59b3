import Table from 'cli-table3';
import { billOf, cheaperUpTo, pairOf, totalOf } from './bill.ts';
import type { Deployment } from './deployment.ts';
import { beatsPerSecond, type Fleet } from './fleet.ts';

export const SIZES = [100, 1_000, 10_000, 100_000] as const;

/** Who reads a table: a terminal, or Markdown. */
export type Form = 'text' | 'markdown';

/** Under which conditions a fleet is reckoned, beside those that are asked for. */
const VARIANTS = {
  'as deployed': {},
  'log, metric, trace a beat': { chatty: true },
  '120 s pace': { paceSeconds: 120 },
  'Function URL': { functionUrl: true },
  'both knobs': { paceSeconds: 120, functionUrl: true },
} as const satisfies Readonly<Record<string, Partial<Fleet>>>;

type Rows = readonly (readonly string[])[];

/** Each variant's dollars a month by size of the fleet, beside the always-on pair's. */
export function variantsTable(fleet: Fleet, sizes: readonly number[], deployment: Deployment, form: Form): string {
  const head = ['workspaces', 'beats/s', ...Object.keys(VARIANTS), 'always-on pair'];
  const rows = sizes.map((workspaces) => {
    const sized = { ...fleet, workspaces };
    const variants = Object.values(VARIANTS).map((variant) => totalOf(billOf({ ...sized, ...variant }, deployment)));
    return [
      count(workspaces),
      beatsPerSecond(sized).toFixed(1),
      ...variants.map(dollars),
      dollars(totalOf(pairOf(sized, deployment))),
    ];
  });
  const limit = Math.max(...SIZES);
  const upTo = Object.values(VARIANTS).map((variant) =>
    count(Number(cheaperUpTo({ ...fleet, ...variant }, deployment, limit).toPrecision(2))),
  );
  return drawn(head, [...rows, ['cheaper than the pair up to', '', ...upTo, '']], form);
}

/** A bill's dollars a month by service and size of the fleet. */
export function servicesTable(fleet: Fleet, sizes: readonly number[], deployment: Deployment, form: Form): string {
  const bills = sizes.map((workspaces) => billOf({ ...fleet, workspaces }, deployment));
  const services = Object.keys(billOf(fleet, deployment));
  const rows = services.map((service) => [
    service,
    ...bills.map((bill) => cents(Object.entries(bill).find(([name]) => name === service)?.[1] ?? 0)),
  ]);
  return drawn(
    ['$ a month', ...sizes.map(count)],
    [...rows, ['total', ...bills.map((bill) => cents(totalOf(bill)))]],
    form,
  );
}

/** What the README has between its `cost` marks. */
export function readmeTables(fleet: Fleet, deployment: Deployment): string {
  return [
    variantsTable(fleet, SIZES, deployment, 'markdown'),
    '',
    servicesTable(fleet, SIZES, deployment, 'markdown'),
  ].join('\n');
}

function drawn(head: readonly string[], rows: Rows, form: Form): string {
  if (form === 'markdown') {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    return [
      line(head),
      `|${head.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`,
      ...rows.map(line),
    ].join('\n');
  }
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

const count = (value: number): string => value.toLocaleString('en-US');
const dollars = (usd: number): string => `$${count(Math.round(usd))}`;
const cents = (usd: number): string =>
  usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
