import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const figure = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  /** What the value has to keep: `≤ 3`, or a promise in words; missing: told for information. */
  budget: z.string().optional(),
});

/** One measured number. */
export type Figure = z.infer<typeof figure>;

const results = z.record(
  z.string(),
  z.object({ date: z.iso.datetime(), machine: z.string(), figures: z.array(figure) }),
);

const file = join(import.meta.dirname, 'results.json');

/** Keeps a bench's figures, with the machine and the time, in place of those of its run before. */
export async function keepFigures(bench: string, figures: readonly Figure[]): Promise<void> {
  const before = results.parse(JSON.parse(await readFile(file, 'utf8').catch(() => '{}')));
  const after = { ...before, [bench]: { date: new Date().toISOString(), machine: machine(), figures } };
  const sorted = Object.fromEntries(Object.entries(after).sort(([one], [other]) => (one < other ? -1 : 1)));
  await writeFile(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** One line a figure. */
export function describeFigure({ name, value, unit, budget }: Figure): string {
  return `${name}: ${value} ${unit}${budget === undefined ? '' : ` (budget ${budget})`}`;
}

/** The value below which the share `p` of the sorted or unsorted numbers lies. */
export function percentile(numbers: readonly number[], p: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

export const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${availableParallelism()} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}
