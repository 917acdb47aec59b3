/**
 * A storm over the whole registry on this machine: workspaces are created, killed, paused, restarted and removed while
 * EC2, the database, EC2's events and the functions' host fail; then the faults stop, the schedules run, and the registry
 * and EC2 have to agree exactly, no old credential may work, and every status change must have its event.
 *
 *     npm run test:storm                       100 workspaces, about 6 minutes; prints the seed that it draws
 *     npm run test:storm -- --seed 7           the same acts, targets, faults and pauses again; the timing differs
 *     npm run test:storm -- --seed 7 --plan    only prints what would be done
 *     npm run test:storm -- --workspaces 5 --steps 20 --no-faults
 *     npm run test:storm -- --keep FOLDER      leaves rows, events, instances and the functions' logs there
 *
 * Exit code 0: everything agrees; 1: it does not, and the whole story of each workspace concerned is told.
 */
import { ClearError, type Lifetime, runLifetime } from '../../infra/local/stack/lifetime.ts';
import { startStack } from '../../infra/local/stack/start-stack.ts';
import type { Disagreement } from './check/agreement.ts';
import { keepEvidence, keepLogs } from './check/keep-evidence.ts';
import { storyOf } from './check/story.ts';
import { judge, look } from './check/verdict.ts';
import { type Options, readOptions } from './options.ts';
import { describeStep } from './plan/describe-step.ts';
import { planOf } from './plan/plan.ts';
import { openDatabase } from './registry/database.ts';
import { countsOf, report } from './report.ts';
import { Schedules } from './run/schedules.ts';
import { settle } from './run/settle.ts';
import { Skies } from './run/skies.ts';
import { addSpotTemplate } from './run/spot-template.ts';
import { carryOut, type Storm } from './run/storm.ts';
import { Tally } from './run/tally.ts';

/** Seconds: a hundred runtimes that beat more often would leave this machine no time for anything else. */
const PACE_SECONDS = '15';
/** Its deaths come many together, and each is to be found: none is a mass, or an outage of ours. */
const NO_MASS = { BRAKE_FLOOR: '1000', OUTAGE_SHARE: '1' };
const PROGRESS_EVERY_MS = 5_000;
/** Stories that are told whole; the others are much the same. */
const STORIES = 12;

let passed = false;

async function main(lifetime: Lifetime): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const { seed, workspaces, steps, faults } = options;
  say(`Seed ${seed}: --seed ${seed} --workspaces ${workspaces} --steps ${steps}${faults ? '' : ' --no-faults'}`);
  const plan = planOf(seed, options);
  if (options.plan) {
    for (const step of plan) console.log(describeStep(step));
    passed = true;
    return;
  }
  const storm = await begin(lifetime, options);
  await addSpotTemplate(storm.stack.ec2);

  let done = 0;
  const timer = setInterval(() => void showProgress(storm, `step ${done} of ${plan.length}`), PROGRESS_EVERY_MS);
  lifetime.parts.defer(() => clearInterval(timer));
  await carryOut(storm, plan, (at) => {
    done = at;
  });
  clearInterval(timer);
  say('The sky is clear: the schedules run.');
  let before = '';
  const owed = await settle(storm, (round, left) => {
    const why = [...countsOf(left.map(({ what }) => what.replace(/i-[0-9a-f]+/, 'an instance')))];
    const now = why.map(([what, count]) => `${count} × ${what}`).join('; ') || 'nothing is owed';
    if (now !== before) say(`round ${round}: ${now}`);
    before = now;
  });
  await conclude(storm, owed, options.keep);
}

async function begin(lifetime: Lifetime, { seed, keep }: Options): Promise<Storm> {
  const tally = new Tally();
  const skies = new Skies(tally, seed);
  const stack = await startStack(lifetime, 0, (name) => say(`Starting ${name} …`), {
    environment: { BASE_PACE_EC2_SECONDS: PACE_SECONDS, ...NO_MASS },
    delivery: skies.delivery,
  });
  if (keep !== undefined) lifetime.parts.defer(() => keepLogs(keep, stack.folder));
  const database = openDatabase(stack.postgres);
  lifetime.parts.defer(() => database.end());
  const schedules = new Schedules(() => stack.functions.host().lambdaUrl);
  return { stack, database, schedules, skies, tally, ids: new Map(), killed: new Map(), over: lifetime.over };
}

/** Tells whether everything agrees. @throws ClearError where it does not */
async function conclude(storm: Storm, owed: readonly Disagreement[], keep: string | undefined): Promise<void> {
  const { found, tried } = await judge(storm);
  const sight = await look(storm);
  const events = await storm.database.events(null);
  if (keep !== undefined) await keepEvidence(keep, sight, events);
  for (const line of await report(storm, sight.rows, events)) console.log(line);
  const all = [...owed.map(({ workspaceId, what }) => ({ workspaceId, what: `still: ${what}` })), ...found];
  const wrong = [...storm.tally.wrong, ...all.map(({ workspaceId, what }) => `${workspaceId ?? 'EC2'}: ${what}`)];
  if (wrong.length === 0) {
    passed = true;
    say(`The registry and EC2 agree: ${sight.rows.length} workspaces, ${events.length} events, ${tried} credentials.`);
    return;
  }
  const concerned = new Set(all.flatMap(({ workspaceId }) => workspaceId ?? []));
  for (const id of [...concerned].slice(0, STORIES)) for (const line of storyOf(id, sight, events)) console.log(line);
  throw new ClearError(`${wrong.length} things are wrong:\n${wrong.map((line) => `  ${line}`).join('\n')}`);
}

async function showProgress({ database, tally }: Storm, at: string): Promise<void> {
  const rows = await database.rows();
  const statuses = [...countsOf(rows.map(({ status }) => status))].map(([status, count]) => `${count} ${status}`);
  const owing = rows.filter(({ ec2_op }) => ec2_op !== null).length;
  say(`${at}: ${statuses.join(', ')}; ${owing} owe EC2 something; ${tally.wrong.length} wrong answers`);
}

function say(line: string): void {
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${line}`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => say(`${signal}: the storm ends early, and says nothing of the registry.`));
}
const code = await runLifetime(main);
process.exit(passed ? code : 1);
