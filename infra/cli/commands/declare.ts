import { z } from 'zod';
import { readJsonFile } from '../command-line/json-file.ts';
import type { DeclareLine } from '../command-line/parse.ts';
import { Refused } from '../failures.ts';
import type { RegistryClient } from '../registry/client.ts';
import { understood } from '../registry/understood.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Diff, diff, drawDiff } from '../view/diff.ts';
import { toJson } from '../view/json.ts';

const document = z.looseObject({ plugins: z.array(z.unknown()) });

const declared = z.object({
  version: z.int(),
  applied: z.boolean(),
  diff,
  would_apply: z.boolean().optional(),
});

const refusedForForce = z.object({ code: z.literal('force_required'), version: z.int(), diff });

/** Declares what a workspace should have installed, and shows what changes. */
export async function declare(line: DeclareLine, registry: RegistryClient, surroundings: Surroundings): Promise<void> {
  const { print, folder } = surroundings;
  const path = `/workspaces/${line.id}/declaration`;
  const body = await readJsonFile(document, { file: line.file, folder, taker: `PUT ${path}` });
  const query = [
    ...(line.dryRun ? ([['dry_run', 'true']] as const) : []),
    ...(line.force ? ([['force', 'true']] as const) : []),
  ];
  const headers = line.ifVersion === undefined ? {} : { 'if-match': `"${line.ifVersion}"` };
  try {
    const answer = await registry.call({ method: 'PUT', path, body, query, headers });
    if (line.json) return print(toJson(answer, 2));
    const read = understood(declared, answer);
    for (const text of linesOf(read.diff, read.version, outcomeOf(read))) print(text);
  } catch (error) {
    const refusal = error instanceof Refused && !line.json ? refusedForForce.safeParse(error.answer).data : undefined;
    if (refusal === undefined) throw error;
    for (const text of linesOf(refusal.diff, refusal.version, 'not applied: needs --force')) print(text);
    throw error;
  }
}

function outcomeOf({ applied, would_apply }: z.infer<typeof declared>): string {
  if (applied) return 'applied';
  return would_apply === true ? 'dry run: would be applied' : 'dry run: would need --force';
}

/** The diff, then one line: `version 4: 2 additive, 1 destructive: applied`. */
function linesOf(changes: Diff, version: number, outcome: string): string[] {
  const { additive, destructive } = changes;
  if (additive.length + destructive.length === 0) return [`version ${version}: nothing to change`];
  const counts = `${additive.length} additive, ${destructive.length} destructive`;
  return [drawDiff(changes), `version ${version}: ${counts}: ${outcome}`];
}
