import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { pendingOf, refuseToBreakRunningCode } from '../migrations/ledger.ts';
import { wordsOf } from './failures.ts';
import type { DeployLine } from './options.ts';
import { readTemplate, withoutTime } from './packages.ts';
import type { Ports } from './ports.ts';
import { packageAndCheck } from './roll-out.ts';
import { createStep } from './steps.ts';
import { bringsItsDatabase, dataStackOf, findTarget, registryStackOf } from './target.ts';

/**
 * What a rollout would do: packages, checks, and, where AWS can be asked, tells what would be migrated and which resources
 * would change. Changes nothing.
 * @throws {StepFailed} when it would not get as far as a change
 */
export async function dryRun(line: DeployLine, ports: Ports): Promise<void> {
  const step = createStep(ports.say, ports.over);
  const { sha, folder } = await packageAndCheck(line, ports, step);
  const tell = (what: string, read: () => Promise<string>) =>
    step(what, async () => ports.say(`  ${await read().catch((error: unknown) => `not known: ${wordsOf(error)}`)}`));
  await tell('what would be migrated', () => migrations(line, ports));
  const stacks = [[registryStackOf(line.stage), folder] as const];
  if (!bringsItsDatabase(line)) stacks.unshift([dataStackOf(line.stage), join(ports.scratch, 'data')]);
  for (const [stack, packaged] of stacks) {
    await tell(`what would change in ${stack}`, () => changes(ports, stack, packaged));
  }
  ports.say(`${sha} would be deployed on stage ${line.stage}. Nothing was changed.`);
}

async function migrations(line: DeployLine, { stacks, database, migrationFiles, root }: Ports): Promise<string> {
  const files = await migrationFiles(root);
  const target = await findTarget(line, stacks);
  if (target === undefined) return `all ${files.length} files, after ${dataStackOf(line.stage)} is made`;
  const ledger = await database.ledger(target);
  const pending = pendingOf(files, ledger);
  refuseToBreakRunningCode(pending, ledger);
  return pending.length === 0 ? 'nothing' : pending.map(({ name }) => name).join(', ');
}

const template = z
  .string()
  .transform((text): unknown => JSON.parse(withoutTime(text)))
  .pipe(z.object({ Resources: z.record(z.string(), z.unknown()) }));

async function changes({ stacks }: Ports, stack: string, folder: string): Promise<string> {
  const deployed = await stacks.template(stack);
  const { Resources: after } = template.parse(await readTemplate(folder));
  if (deployed === undefined) return `all ${Object.keys(after).length} resources are new`;
  const { Resources: before } = template.parse(deployed);
  const added = Object.keys(after).filter((name) => !(name in before));
  const removed = Object.keys(before).filter((name) => !(name in after));
  const changed = Object.keys(after).filter((name) => name in before && !isDeepStrictEqual(before[name], after[name]));
  const told = { added, changed, removed };
  const lines = Object.entries(told).map(([how, names]) => (names.length === 0 ? [] : [`${how}: ${names.join(', ')}`]));
  return lines.flat().join('\n  ') || 'nothing';
}
