import { join } from 'node:path';
import { refuseCodeThatIsTooOld } from '../migrations/ledger.ts';
import type { RollbackLine } from './options.ts';
import type { Ports } from './ports.ts';
import { release, shaBefore } from './release.ts';
import { createStep } from './steps.ts';
import { findTarget } from './target.ts';

/**
 * Deploys the code of an earlier commit. The schema stays as it is; code that is not known to run on it is refused before
 * anything is changed.
 * @throws {StepFailed} that names the step
 */
export async function rollBack(line: RollbackLine, ports: Ports): Promise<void> {
  const step = createStep(ports.say, ports.over);
  const { source, stacks, database, migrationFiles, processes } = ports;
  const root = join(ports.scratch, 'earlier');
  const sha = await step(`find ${line.to}`, () => source.sha(line.to));
  await source.withCode(sha, root, async () => {
    const target = await step('find the database', async () => {
      const found = await findTarget(line, stacks);
      if (found === undefined) throw new Error('the data stack is not there: nothing was deployed');
      return found;
    });
    const before = await step('look at what runs', () => shaBefore(line, ports));
    await step('see whether that code runs on the schema', async () => {
      const [older, present] = await Promise.all([migrationFiles(root), migrationFiles(ports.root)]);
      refuseCodeThatIsTooOld(older, present, await database.ledger(target));
    });
    await step('install what that code needs', () => processes.run({ program: 'npm', args: ['ci'], cwd: root }));
    const inspect = async () => undefined;
    await release(line, target, { root, sha, before, inspect }, ports, step);
  });
  ports.say(`${sha} runs on stage ${line.stage}; the schema is as it was.`);
}
