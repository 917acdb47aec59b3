import { z } from 'zod';
import type { OrphansLine } from '../command-line/parse.ts';
import { invokeFunction } from '../registry/invoke-function.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';
import { type Column, drawTable } from '../view/table.ts';
import { describeValue, oneLine } from '../view/text.ts';

const decision = z.object({
  instance_id: z.string().nullish(),
  workspace_id: z.string().nullish(),
  generation: z.int().nullish(),
  action: z.string(),
  reason: z.string().nullish(),
});

const result = z.looseObject({ dry_run: z.boolean(), decisions: z.array(decision) });

const columns: readonly Column<z.infer<typeof decision>>[] = [
  { title: 'instance', minimum: 19, rank: 4, value: (d) => describeValue(d.instance_id) },
  { title: 'workspace', minimum: 36, rank: 1, value: (d) => describeValue(d.workspace_id) },
  { title: 'generation', minimum: 10, rank: 0, value: (d) => describeValue(d.generation) },
  { title: 'action', minimum: 9, rank: 3, value: (d) => d.action },
  { title: 'reason', minimum: 12, rank: 2, value: (d) => describeValue(d.reason) },
];

/** A repeated run is a second sighting: what an answer that was lost had found would count twice. */
const ONCE = { timeoutSeconds: 120, maxAttempts: 1 } as const;

/** One run of the function that compares EC2's tags with the rows, and what it decided. */
export async function orphans(line: OrphansLine, surroundings: Surroundings): Promise<void> {
  const { print, width } = surroundings;
  const call = { name: 'orphans', event: { dry_run: line.dryRun }, ...ONCE };
  const answer = await invokeFunction(call, line, surroundings);
  if (line.json) return print(toJson(answer, 2));
  const { dry_run, decisions, ...counts } = understood(result, answer);
  print(decisions.length === 0 ? 'Nothing to decide.' : drawTable(columns, decisions, width));
  print(oneLine(`${dry_run ? 'Dry run, nothing was done' : 'Done'}: ${describeValue(counts)}`));
}
