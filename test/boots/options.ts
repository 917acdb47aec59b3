import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ClearError } from '../../infra/local/stack/lifetime.ts';
import { WAY_NAMES, type WayName } from './ways/ways.ts';

const usage = `Usage: npm run test:boots -- [--seed N] [--only WAY]… [--weather calm|rough] [--each N] [--first N]
WAY: ${WAY_NAMES.join(', ')}`;

export const WEATHERS = ['calm', 'rough'] as const;

export type WeatherName = (typeof WEATHERS)[number];

const count = z.coerce.number().pipe(z.int().min(1).max(50));
const values = z.object({
  seed: z.coerce.number().pipe(z.int().min(0).max(0x7fff_ffff)).optional(),
  only: z.array(z.enum(WAY_NAMES)).min(1).optional(),
  weather: z.enum(WEATHERS).optional(),
  each: count.default(2),
  first: count.default(9),
});

export type Options = {
  /** Of what fails in rough weather. */
  readonly seed: number;
  readonly ways: readonly WayName[];
  readonly weathers: readonly WeatherName[];
  /** Workspaces for each way in rough weather. */
  readonly each: number;
  /** Workspaces that register first in calm weather, one after another: the figure that has a budget is of them. */
  readonly first: number;
};

/** @throws ClearError with the usage, for a command line that is not understood */
export function readOptions(args: readonly string[]): Options {
  const parsed = values.safeParse(parsedArgs(args));
  if (!parsed.success) throw new ClearError(`${z.prettifyError(parsed.error)}\n${usage}`);
  const { seed = randomInt(0x7fff_ffff), only = WAY_NAMES, weather, each, first } = parsed.data;
  return { seed, ways: only, weathers: weather === undefined ? WEATHERS : [weather], each, first };
}

function parsedArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        only: { type: 'string', multiple: true },
        weather: { type: 'string' },
        each: { type: 'string' },
        first: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new ClearError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}
