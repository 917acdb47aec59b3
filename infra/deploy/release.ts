import { join } from 'node:path';
import { Interrupted, StepFailed, wordsOf } from './failures.ts';
import type { Place } from './options.ts';
import { lineOf } from './options.ts';
import type { Ports } from './ports.ts';
import type { Step } from './steps.ts';
import type { Target } from './target.ts';
import { registryStackOf } from './target.ts';

/** An address of the deployed registry, from its stack's outputs. @throws Error when the stack does not say */
async function registryUrl({ stage }: Place, stacks: Ports['stacks']): Promise<string> {
  const url = (await stacks.outputs(registryStackOf(stage)))?.get('RegistryUrl');
  if (url === undefined) throw new Error(`${registryStackOf(stage)} has no output RegistryUrl`);
  return url;
}

/** The git sha that runs before anything is changed; undefined where nothing is deployed, or does not answer. */
export async function shaBefore({ stage }: Place, { stacks, runningSha }: Ports): Promise<string | undefined> {
  const url = (await stacks.outputs(registryStackOf(stage)))?.get('RegistryUrl');
  return url === undefined ? undefined : runningSha(url);
}

/** Where the DNS of its domain is elsewhere, nobody reaches the registry before somebody has led the name to it. */
async function tellWhereToLead(url: string, { stage, params }: Place, { stacks, say }: Ports): Promise<void> {
  const target = (await stacks.outputs(registryStackOf(stage)))?.get('DomainTarget');
  if (target === undefined || params.has('hosted-zone-id')) return;
  say(`  ${new URL(url).hostname} has to lead to ${target} (CNAME); until it does, nothing answers there`);
}

type Code = {
  readonly root: string;
  readonly sha: string;
  /** What ran before, and can be gone back to. */
  readonly before: string | undefined;
  /** What is asked of the package before it is deployed. */
  readonly inspect: (folder: string) => Promise<void>;
};

/**
 * Puts code where the functions are, on a database that is migrated already: packaged with the registry's own id, which
 * only the database knows; deployed; until it answers; tried out.
 * @throws {StepFailed} after the functions' recent errors and the way back were told
 */
export async function release(place: Place, target: Target, code: Code, ports: Ports, step: Step): Promise<void> {
  const { framework, database, stacks } = ports;
  const id = await step("read the registry's id", () => database.registryId(target));
  const packaging = {
    service: 'registry',
    folder: join(ports.scratch, 'registry'),
    root: code.root,
    sha: code.sha,
    params: new Map([...place.params, ['registry-id', id]]),
  } as const;
  await step('package the functions', async () => {
    await framework.package(packaging);
    await code.inspect(packaging.folder);
  });
  const schema = newestMigration(await database.ledger(target));
  try {
    await forgetGoneRoutes(place, ports, step);
    await step('deploy the functions', () => framework.deploy(packaging));
    const url = await step('find the address', () => registryUrl(place, stacks));
    await tellWhereToLead(url, place, ports);
    await step(`wait until ${url}/ready answers ${code.sha.slice(0, 12)} on ${schema}`, () =>
      ports.untilReady(url, { sha: code.sha, schema }),
    );
    await step('try it: create, register, beat, remove', () => ports.smokeTest(url));
  } catch (error) {
    await explain(place, code, ports, error);
    throw error;
  }
}

/** What an earlier deployment, or its undoing, has left: with it API Gateway would refuse the change of its stage. */
async function forgetGoneRoutes({ stage }: Place, ports: Ports, step: Step): Promise<void> {
  const apiId = (await ports.stacks.outputs(registryStackOf(stage)))?.get('HttpApiId');
  if (apiId === undefined) return;
  await step('forget the limits of routes that are gone', async () => {
    const gone = await ports.forgetGoneRoutes(apiId);
    if (gone.length > 0) ports.say(`  ${gone.join(', ')}`);
  });
}

const newestMigration = (ledger: readonly { readonly kind: string; readonly name: string }[]) =>
  ledger.filter(({ kind }) => kind === 'migration').at(-1)?.name ?? 'none';

async function explain(place: Place, { sha, before }: Code, ports: Ports, error: unknown): Promise<void> {
  const { say } = ports;
  if (error instanceof Interrupted) {
    say('CloudFormation goes on with what it was asked for: look at the stack before the next try.');
  } else if (error instanceof StepFailed) {
    const lines = await ports.recentErrors().catch((cause: unknown) => [`The logs cannot be read: ${wordsOf(cause)}`]);
    say(lines.length === 0 ? 'The functions have logged no error in the last ten minutes.' : 'Recent errors:');
    for (const line of lines) say(`  ${line}`);
  }
  if (before === sha) {
    say('The same commit ran here before: there is none to go back to.');
  } else {
    say(
      before === undefined
        ? 'Nothing answered here before. To go back to a commit that ran:'
        : `To go back to ${before}:`,
    );
    say(`  ${lineOf('rollback', place, '--to', before ?? 'SHA')}`);
  }
}
