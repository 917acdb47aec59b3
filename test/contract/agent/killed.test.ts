import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, type ExpectStatic, it } from 'vitest';
import { type Surroundings, startSurroundings } from './agent-process.ts';
import { noise, tgz } from './archives.ts';
import { serveParts } from './artefact-server.ts';
import { useBundle } from './bundled-agent.ts';
import { digestOf, installPlan, type WantedPlugin } from './plans.ts';
import { beaten, type Call } from './scripted-registry.ts';

// An agent is killed before each step that it makes: what changes its disk, and the programs that it starts. What is in
// place then has to be whole, the old or the new; and an agent that is started on that disk has to finish.
const bundle = useBundle();
const dying = fileURLToPath(new URL('./dying.ts', import.meta.url));

const versionOne = tgz([{ path: 'main.js', content: '1' }]);
const versionTwo = tgz([
  { path: 'main.js', content: '2' },
  { path: 'noise', content: noise(200_000) },
  { path: 'plugin.json', content: JSON.stringify({ post_install: { command: ['./setup.sh'] } }) },
  { path: 'setup.sh', content: '#!/bin/sh\necho ran >> hook; sleep 0.05; echo ended >> hook', mode: 0o755 },
]);

type Version = Omit<WantedPlugin, 'url'>;
const one: Version = { name: 'a', version: '1', archive: versionOne, config: { of: 1 } };
const two: Version = { name: 'a', version: '2', archive: versionTwo, config: { of: 2 } };
const bare: Version = { name: 'a', version: '1', archive: versionOne };

type Scenario = {
  readonly title: string;
  readonly from?: Version;
  readonly to?: Version;
  /** Which steps are tried, unless all of them are asked for. */
  readonly sample: readonly string[];
};
const scenarios: readonly Scenario[] = [
  { title: 'a first install', to: two, sample: ['spawn'] },
  { title: 'a change of all with a post_install', from: one, to: two, sample: ['rename', 'rm', 'spawn', 'symlink'] },
  { title: 'a change of configuration', from: one, to: { ...one, config: { of: 3 } }, sample: ['rename'] },
  { title: 'the end of a configuration', from: one, to: bare, sample: ['rm'] },
  { title: 'a removal', from: one, sample: ['rename'] },
];
/** Steps of every start, before there is anything to install: it empties its staging folder and keeps its token. */
const STEPS_OF_A_START = 8;

type Held = { readonly main: string; readonly hook: string | undefined; readonly config: string | undefined };

/** What the plugin's folder holds when a version is in place as a whole. */
const whole = (version: Version | undefined): Held | undefined =>
  version && {
    main: version.version,
    hook: version === two ? 'ran\nended\n' : undefined,
    config: JSON.stringify(version.config),
  };

async function inPlace(home: string): Promise<Held | undefined> {
  const read = (file: string) => readFile(join(home, 'plugins/a/current', file), 'utf8').catch(() => undefined);
  const [main, hook, config] = await Promise.all(['main.js', 'hook', '.muster/config.json'].map(read));
  return main === undefined ? undefined : { main, hook, config };
}

/** Whether the agent reports exactly this of the plugin, and no failure. */
const reports =
  (version: Version | undefined) =>
  ({ body }: Call): boolean => {
    const reported = body.plugins?.find(({ name }) => name === 'a');
    if (version === undefined || reported === undefined) return version === reported;
    const digest = version.config === undefined ? undefined : digestOf(version.config);
    return reported.version === version.version && reported.config_digest === digest && reported.failed === undefined;
  };

const planOf = (version: Version | undefined, url: string) =>
  version === undefined
    ? { plan_id: 'remove', actions: [{ action: 'remove', name: 'a' }] }
    : installPlan({ ...version, url });

/** Asks for a version, as the registry does: in every answer until it is reported. */
function ask({ registry, artefacts }: Surroundings, version: Version | undefined): void {
  const url = artefacts.publish('/a.tgz', serveParts(version?.archive ?? versionOne));
  registry.script.heartbeat = (call) => beaten(reports(version)(call) ? undefined : planOf(version, url));
}

let template = '';
const disk = (): string => join(template, 'home');

/** A disk with the old version in place, which the scenarios begin with. */
beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'muster-killed-'));
  const surroundings = await startSurroundings(bundle());
  ask(surroundings, one);
  const agent = surroundings.startAgent();
  await surroundings.registry.until('the old version', reports(one));
  agent.child.kill('SIGTERM');
  await agent.ended;
  await cp(surroundings.home, disk(), { recursive: true, verbatimSymlinks: true });
  await surroundings.stop();
});
afterAll(() => rm(template, { recursive: true, force: true }));

/** Does `work` with a disk as it is before the scenario, and a registry that asks for what is after it. */
async function begin<T>({ from, to }: Scenario, work: (surroundings: Surroundings) => Promise<T>): Promise<T> {
  const surroundings = await startSurroundings(bundle());
  try {
    if (from !== undefined) await cp(disk(), surroundings.home, { recursive: true, verbatimSymlinks: true });
    ask(surroundings, to);
    return await work(surroundings);
  } finally {
    await surroundings.stop();
  }
}

/** Runs an agent on the disk to the end of the scenario, and checks what it leaves there. */
async function finish(
  { registry, home, startAgent }: Surroundings,
  { to }: Scenario,
  expect: ExpectStatic,
  ...start: Parameters<typeof startAgent>
): Promise<void> {
  const startedAt = performance.now();
  const agent = startAgent(...start);
  await registry.until('the end', (call) => call.at > startedAt && call.route === 'heartbeat' && reports(to)(call));
  await expect.poll(() => readdir(join(home, 'plugins/.staging')).catch(() => [])).toEqual([]);
  agent.child.kill('SIGTERM');
  await agent.ended;
  expect(await inPlace(home)).toEqual(whole(to));
  expect(await readdir(join(home, 'plugins/.downloads')).catch(() => [])).toEqual([]);
}

/** The steps that a scenario takes, each with how many of its name came by then: `3 rename`. */
function stepsOf(scenario: Scenario, expect: ExpectStatic): Promise<string[]> {
  return begin(scenario, async (surroundings) => {
    const steps = join(surroundings.home, 'steps');
    await finish(surroundings, scenario, expect, { DIE_STEPS: steps }, { nodeArgs: ['--import', dying] });
    return (await readFile(steps, 'utf8')).trimEnd().split('\n');
  });
}

const nameOf = (step: string): string => step.replace(/^\d+ /, '');

function survive(scenario: Scenario, step: string, expect: ExpectStatic): Promise<void> {
  return begin(scenario, async (surroundings) => {
    const agent = surroundings.startAgent({ DIE_AT: step }, { nodeArgs: ['--import', dying] });
    // A download that comes in fewer pieces has fewer writes: then the agent comes to its end instead.
    const isCertain = !/write/.test(nameOf(step));
    if (!isCertain) {
      const done = surroundings.registry.until('the end', reports(scenario.to));
      void done.then(() => agent.child.kill('SIGTERM')).catch(() => undefined);
    }
    const ending = await agent.ended;
    if (isCertain) expect(ending).toBe('SIGKILL');
    expect([whole(scenario.from), whole(scenario.to)]).toContainEqual(await inPlace(surroundings.home));
    await finish(surroundings, scenario, expect);
  });
}

it.concurrent.for(scenarios)(
  '$title is whole at every moment and finished after a restart, before whichever step the agent is killed',
  { timeout: 600_000 },
  async (scenario, { expect }) => {
    const steps = await stepsOf(scenario, expect);
    const isTried = (step: string, index: number): boolean =>
      process.env['MUSTER_FAULTS'] === 'all' || (index >= STEPS_OF_A_START && scenario.sample.includes(nameOf(step)));
    const tried = steps.filter(isTried);
    expect(tried).not.toEqual([]);
    for (const step of tried) {
      await survive(scenario, step, expect).catch((error: unknown) => {
        throw new Error(`killed before step ${step}`, { cause: error });
      });
    }
  },
);
