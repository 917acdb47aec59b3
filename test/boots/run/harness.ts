import type { Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { type Stack, startStack } from '../../../infra/local/stack/start-stack.ts';
import { Schedules } from '../../storm/run/schedules.ts';
import { Ageing } from '../registry/ageing.ts';
import { Operator } from '../registry/operator.ts';
import type { Boots } from './boots.ts';
import { Gate } from './gate.ts';
import { type Case, type Outcome, runCase } from './run-case.ts';
import { turnCalm, turnRough } from './weather.ts';

/** Of everything that beats: what nobody hurries is seen to wait, and yet the whole does not take long. */
const PACE_SECONDS = '10';

/** Until a plugin is taken for missing. In rough weather a schedule that fails, too, may have to come several times. */
const PATIENCE_MS = { calm: 90_000, rough: 600_000 } as const;
/** What is silent together here is so on purpose: it is no mass, and no outage of ours. */
const NO_MASS = { BRAKE_FLOOR: '1000', OUTAGE_SHARE: '1' };
/** Time for a last look at the history of what is missing. */
const LAST_LOOK_MS = 30_000;

export type Harness = {
  readonly stack: Stack;
  /** Boots these at once, under the weather of the first. @param done told of each as it ends */
  run(cases: readonly Case[], done: (outcome: Outcome) => void): Promise<Outcome[]>;
};

/** Brings up a stack of its own, which ends with `lifetime`. */
export async function begin(lifetime: Lifetime, seed: number, say: (line: string) => void): Promise<Harness> {
  const { parts, over } = lifetime;
  const environment = { BASE_PACE_EC2_SECONDS: PACE_SECONDS, BASE_PACE_EXTERNAL_SECONDS: PACE_SECONDS, ...NO_MASS };
  const stack = await startStack(lifetime, 0, (name) => say(`Starting ${name} …`), { environment });
  const ageing = new Ageing(stack.postgres);
  parts.defer(() => ageing.end());
  const shared = {
    stack,
    ageing,
    schedules: new Schedules(() => stack.functions.host().lambdaUrl),
    plugin: { first: { web: stack.seoAll, s3: stack.seoAllInS3 }, second: await stack.publish('1.1.0') },
    beside: besideOf(lifetime),
  };

  function boots(weather: keyof typeof PATIENCE_MS): Boots {
    const within = (ms: number) => AbortSignal.any([over, AbortSignal.timeout(ms)]);
    const patience = within(PATIENCE_MS[weather]);
    return { ...shared, patience, operator: new Operator(stack.api, within(PATIENCE_MS[weather] + LAST_LOOK_MS)) };
  }

  return {
    stack,
    async run(cases, done) {
      const weather = cases[0]?.weather ?? 'calm';
      const gate = new Gate(cases.length, async () => {
        if (weather === 'rough') await turnRough(stack, seed);
      });
      const outcomes = await Promise.all(
        cases.map(async (one) => {
          const { arrive, leave } = gate.pass();
          const outcome = await runCase(boots(weather), one, arrive).finally(leave);
          over.throwIfAborted();
          done(outcome);
          return outcome;
        }),
      );
      await turnCalm(stack);
      return outcomes;
    },
  };
}

/** Runs things beside; one that ends in an error ends everything. */
function besideOf({ parts, broke }: Lifetime): Boots['beside'] {
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  parts.defer(async () => {
    stop.abort();
    await Promise.all(running);
  });
  return (name, work) => {
    running.push(work(stop.signal).catch((error: unknown) => broke(`${name}: ${error}`)));
  };
}
