import { help } from './command-line/help.ts';
import { type CommandLine, parseCommandLine } from './command-line/parse.ts';
import { create } from './commands/create.ts';
import { declare } from './commands/declare.ts';
import { events } from './commands/events.ts';
import { operate } from './commands/operate.ts';
import { orphans } from './commands/orphans.ts';
import { ps } from './commands/ps.ts';
import { reissueToken } from './commands/reissue-token.ts';
import { show } from './commands/show.ts';
import { sweep } from './commands/sweep.ts';
import { NoAnswer, Refused, UnexpectedAnswer, WrongUsage } from './failures.ts';
import { findRegistry } from './registry/address.ts';
import { createRegistryClient } from './registry/client.ts';
import type { Surroundings } from './surroundings.ts';
import { oneLine } from './view/text.ts';

/** 0: done; 1: refused, or no answer; 2: wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Carries out a command line; never throws. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  try {
    await carryOut(parseCommandLine(args), surroundings);
    return 0;
  } catch (error) {
    // It may quote the operator's file, or the registry's answer.
    surroundings.warn(describe(error).split('\n').map(oneLine).join('\n'));
    return error instanceof WrongUsage ? 2 : 1;
  }
}

async function carryOut(line: CommandLine, surroundings: Surroundings): Promise<void> {
  if (line.command === 'help') return surroundings.print(help.trimEnd());
  if (line.command === 'orphans') return orphans(line, surroundings);
  if (line.command === 'sweep') return sweep(line, surroundings);
  const registry = createRegistryClient(await findRegistry(line, surroundings), surroundings.fetch);
  switch (line.command) {
    case 'ps':
      return ps(line, registry, surroundings);
    case 'show':
      return show(line, registry, surroundings);
    case 'events':
      return events(line, registry, surroundings);
    case 'create':
      return create(line, registry, surroundings);
    case 'declare':
      return declare(line, registry, surroundings);
    case 'reissue-token':
      return reissueToken(line, registry, surroundings);
    case 'restart':
    case 'pause':
    case 'resume':
    case 'hibernate':
    case 'wake':
    case 'rm':
      return operate(line, registry, surroundings);
  }
}

function describe(error: unknown): string {
  if (error instanceof WrongUsage) return `${error.message}\nSee npm run muster -- --help`;
  if (error instanceof Refused || error instanceof NoAnswer || error instanceof UnexpectedAnswer) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
