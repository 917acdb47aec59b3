import { z } from 'zod';
import type { RegistryEvent, RegistryRow } from './registry/records.ts';
import type { Storm } from './run/storm.ts';
import { add } from './run/tally.ts';

const calls = z.record(z.string(), z.int());

/** What the storm did and met, in lines. */
export async function report(storm: Storm, rows: readonly RegistryRow[], events: readonly RegistryEvent[]) {
  const { tally, stack } = storm;
  return [
    ...table('Acts', tally.acts),
    ...table('Faults met', tally.faults),
    ...table('Calls of EC2', callsIn(await (await fetch(`${stack.ec2}/_control/calls`)).json())),
    ...table('Calls of the Data API', callsIn(await (await fetch(`${stack.dataApi}/_control/calls`)).json())),
    ...table('Events', countsOf(events.map(({ event }) => event))),
    ...table('Statuses at the end', countsOf(rows.map(({ status }) => status))),
    ...table('Generations at the end', countsOf(rows.map(({ generation }) => String(generation)))),
  ];
}

export function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) add(counts, name, 1);
  return counts;
}

const callsIn = (body: unknown) => new Map(Object.entries(calls.parse(body)));

function table(title: string, counts: ReadonlyMap<string, number>): string[] {
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return [`${title}:`, ...sorted.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`)];
}
