import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ClearError } from '../../infra/local/stack/lifetime.ts';

const usage =
  'Usage: npm run test:storm -- [--seed N] [--workspaces N] [--steps N] [--no-faults] [--plan] [--keep FOLDER]';

/** Steps a workspace, when their number is not given. */
const STEPS_EACH = 4;

const count = (max: number) => z.coerce.number().pipe(z.int().min(1).max(max));
const values = z.object({
  seed: z.coerce.number().pipe(z.int().min(0).max(0x7fff_ffff)).optional(),
  workspaces: count(1_000).default(100),
  steps: count(100_000).optional(),
  faults: z.boolean(),
  plan: z.boolean(),
  keep: z.string().optional(),
});

/** `plan`: only print what would be done. `keep`: a folder for what there is to look through afterwards. */
export type Options = {
  readonly seed: number;
  readonly workspaces: number;
  readonly steps: number;
  readonly faults: boolean;
  readonly plan: boolean;
  readonly keep: string | undefined;
};

/** @throws ClearError with the usage, for a command line that is not understood */
export function readOptions(args: readonly string[]): Options {
  const parsed = values.safeParse(parsedArgs(args));
  if (!parsed.success) throw new ClearError(`${z.prettifyError(parsed.error)}\n${usage}`);
  const { seed = randomInt(0x7fff_ffff), steps, keep, ...rest } = parsed.data;
  return { ...rest, seed, keep, steps: steps ?? STEPS_EACH * rest.workspaces };
}

function parsedArgs(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        seed: { type: 'string' },
        workspaces: { type: 'string' },
        steps: { type: 'string' },
        faults: { type: 'boolean', default: true },
        plan: { type: 'boolean', default: false },
        keep: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new ClearError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}
