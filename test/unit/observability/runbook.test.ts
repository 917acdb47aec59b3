import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../infra/cli/command-line/parse.ts';
import { readMigrateLine, readRollbackLine } from '../../../infra/deploy/options.ts';
import { repository } from '../toolchain/scratch-project.ts';

const ENV = { AWS_REGION: 'eu-west-1' };
const READERS: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  muster: parseCommandLine,
  rollback: (args) => readRollbackLine(args, ENV),
  migrate: (args) => readMigrateLine(args, ENV),
};

const runbook = readFileSync(join(repository, 'infra/runbook.md'), 'utf8');
const commands = [...runbook.matchAll(/npm run (\w+)(?: --)?([^`\n]*)/g)].map(
  ([whole, script = '', rest = '']) => [whole, script, rest] as const,
);

describe('whoever is called at night can copy from the runbook', () => {
  it.each(commands)('%s', (_, script, rest) => {
    const words = rest.replaceAll('<id>', crypto.randomUUID()).replaceAll('<sha>', '0123456').split(/\s+/);
    const read = READERS[script];
    expect(read).toBeTypeOf('function');
    expect(() => read?.(words.filter((word) => word !== ''))).not.toThrow();
  });
});
