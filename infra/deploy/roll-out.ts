import { join } from 'node:path';
import { pendingOf, refuseToBreakRunningCode } from '../migrations/ledger.ts';
import { refuseToDropDatabase } from './earlier-database.ts';
import type { DeployLine } from './options.ts';
import { requireSame } from './packages.ts';
import { requireFittingParameters } from './parameters.ts';
import type { Ports } from './ports.ts';
import { release, shaBefore } from './release.ts';
import { createStep, type Step } from './steps.ts';
import { bringsItsDatabase, findTarget, requireArchiveBucket, type Target } from './target.ts';

/** What was packaged and checked before anything was changed. */
export type Checked = { readonly sha: string; readonly folder: string };

/** A registry's id before its database is there to say it. */
const UNKNOWN_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Packages both services and checks their templates. Changes nothing anywhere.
 * @throws {StepFailed}
 * @throws {WrongUsage} where parameters are missing
 */
export async function packageAndCheck(line: DeployLine, ports: Ports, step: Step): Promise<Checked> {
  const { source, framework, root, scratch } = ports;
  await requireArchiveBucket(line, ports.stacks);
  if ((line.params.get('alarm-topic-arn') ?? '') === '')
    ports.say('The alarms will call nobody: there is no --param alarm-topic-arn.');
  const sha = await step('read the code’s git sha', async () => {
    const changes = line.allowDirty ? '' : await source.changes();
    if (changes !== '') throw new Error(`not committed (--allow-dirty deploys it all the same):\n${changes}`);
    return source.sha();
  });
  const folder = join(scratch, 'checked');
  const params = new Map([['registry-id', UNKNOWN_ID], ...line.params]);
  await step('package', async () => {
    if (!bringsItsDatabase(line)) {
      const data = join(scratch, 'data');
      await framework.package({ service: 'data', folder: data, root, sha, params });
      await requireFittingParameters(data);
    }
    await framework.package({ service: 'registry', folder, root, sha, params });
    await requireFittingParameters(folder);
  });
  await step('check the templates', ports.check);
  return { sha, folder };
}

/**
 * A whole rollout. In this order new code never meets an old schema: package, check, the data stack, the signing keys,
 * migrate, deploy the functions, until they answer, a probe. The first step that fails ends it.
 * @throws {StepFailed} that names the step
 */
export async function rollOut(line: DeployLine, ports: Ports): Promise<void> {
  const step = createStep(ports.say, ports.over);
  // First, since without credentials all else is in vain.
  const before = await step('look at what runs', async () => {
    await refuseToDropDatabase(line, ports.stacks);
    return shaBefore(line, ports);
  });
  const { sha, folder } = await packageAndCheck(line, ports, step);
  const target = await dataStack(line, sha, ports, step);
  await step('make sure that there is a signing key', () => ports.ensureTokenKeys(target.tokenSecretArn));
  await step('migrate', async () => {
    const ledger = await ports.database.ledger(target);
    refuseToBreakRunningCode(pendingOf(await ports.migrationFiles(ports.root), ledger), ledger);
    const { applied, passwordSet } = await ports.database.migrate(target);
    ports.say(applied.length === 0 ? '  nothing to apply' : `  applied ${applied.join(', ')}`);
    if (passwordSet) ports.say('  set the password of muster_app to that of its secret');
  });
  const code = { root: ports.root, sha, before, inspect: (packaged: string) => requireSame(folder, packaged) };
  await release(line, target, code, ports, step);
  ports.say(`${sha} runs on stage ${line.stage}.`);
}

async function dataStack(line: DeployLine, sha: string, ports: Ports, step: Step): Promise<Target> {
  const { framework, root, scratch, stacks } = ports;
  if (!bringsItsDatabase(line)) {
    const packaging = { service: 'data', folder: join(scratch, 'data'), root, sha, params: line.params } as const;
    await step('deploy the data stack', () => framework.deploy(packaging));
  }
  return step('find the database', async () => {
    const target = await findTarget(line, stacks);
    if (target === undefined) throw new Error('the data stack is not there');
    return target;
  });
}
