import { z } from 'zod';
import type { SweepLine } from '../command-line/parse.ts';
import { Refused } from '../failures.ts';
import { invokeFunction, thrown } from '../registry/invoke-function.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { toJson } from '../view/json.ts';
import { drawSweep, dryRun } from '../view/sweep.ts';
import { oneLine } from '../view/text.ts';

const explained = z.looseObject({ argument: z.array(z.string()).min(1) });

/** It reads and writes nothing, so a lost answer does no harm to whoever asks again. */
const READING = { timeoutSeconds: 55, maxAttempts: 3 } as const;

/** What a sweep would do now: to the whole fleet as a table, or to one workspace as an argument. */
export async function sweep(line: SweepLine, surroundings: Surroundings): Promise<void> {
  const { print, width } = surroundings;
  const answer = await ask(line, surroundings);
  if (line.json) return print(toJson(answer, 2));
  if (line.explain === null) return print(drawSweep(understood(dryRun, answer), width));
  print(understood(explained, answer).argument.map(oneLine).join('\n'));
}

async function ask(line: SweepLine, surroundings: Surroundings): Promise<unknown> {
  const { explain } = line;
  const event = explain === null ? { dry_run: true } : { explain };
  try {
    return await invokeFunction({ name: 'sweep', event, ...READING }, line, surroundings);
  } catch (cause) {
    if (!(cause instanceof Refused && isUnknown(explain, cause.answer))) throw cause;
    throw new Refused(`This registry has no workspace ${explain}`, { cause, answer: cause.answer });
  }
}

/** Lambda answers with an error's name; the local host calls each of them Error. */
function isUnknown(id: string | null, answer: unknown): boolean {
  const said = thrown.safeParse(answer).data;
  return said?.errorType === 'WorkspaceNotFound' || said?.errorMessage === `no workspace ${id}`;
}
