import fc from 'fast-check';
import { type Act, type Deed, deeds, type Wish, wishes } from './act.ts';
import { type Aim, Aiming, aims } from './aim.ts';
import { type Weather, weathers } from './weather.ts';

/** The functions that the schedules run. */
export const SCHEDULED = ['liveness', 'sweep', 'converge', 'orphans', 'reconcile'] as const;

export type Scheduled = (typeof SCHEDULED)[number];

/** weather: the faults change. schedules: they come early. crash: the functions' host is killed and started again. */
export type Event =
  | Act
  | { readonly kind: 'weather'; readonly weather: Weather }
  | { readonly kind: 'schedules'; readonly functions: readonly Scheduled[] }
  | { readonly kind: 'crash' };

/** `afterMs`: from the step before. */
export type Step = { readonly afterMs: number } & Event;

export type Size = {
  readonly workspaces: number;
  /** Acts upon what was created. */
  readonly steps: number;
  readonly faults: boolean;
};

/** This share of the workspaces is there before anything is done to them, and the last after this share of the acts. */
const CREATED_AT_ONCE = 0.2;
const CREATED_WITHIN = 0.6;
const WEATHER_EVERY = 15;
const SCHEDULES_EVERY = 10;
/** A crash takes most of a minute, which a short storm does not have. */
const STEPS_A_CRASH = 300;

/** Everything that a storm does, from its seed alone: the same seed and size give the same plan. */
export function planOf(seed: number, size: Size): readonly Step[] {
  const [plan] = fc.sample(plans(size), { seed, numRuns: 1, unbiased: true });
  if (plan === undefined) throw new Error('fast-check made no plan');
  return plan;
}

function plans({ workspaces, steps, faults }: Size): fc.Arbitrary<readonly Step[]> {
  const exactly = (length: number) => ({ minLength: length, maxLength: length });
  const crashes = faults ? Math.floor(steps / STEPS_A_CRASH) : 0;
  return fc
    .record({
      wishes: fc.array(wishes, exactly(workspaces)),
      deeds: fc.array(fc.tuple(deeds, aims), exactly(steps)),
      weathers: fc.array(weathers, exactly(faults ? Math.ceil(steps / WEATHER_EVERY) : 0)),
      schedules: fc.array(fc.subarray([...SCHEDULED], { minLength: 1 }), exactly(Math.floor(steps / SCHEDULES_EVERY))),
      // Apart from one another and from the end, where no calls would be left that they could break.
      crashes: fc.tuple(
        ...Array.from({ length: crashes }, (_, at) => {
          const [min, max] = [at + 0.3, at + 0.8].map((share) => Math.floor((share * steps) / crashes));
          return fc.integer({ min: min ?? 0, max: max ?? 0 });
        }),
      ),
      // Half of them short, so that a step comes while the one before is under way.
      pauses: fc.array(fc.oneof(fc.nat({ max: 80 }), fc.nat({ max: 1_000 })), exactly(workspaces + steps)),
    })
    .map((drawn) => {
      const events = [...eventsOf(drawn)];
      return events.map((event, at) => ({ afterMs: drawn.pauses[at % drawn.pauses.length] ?? 0, ...event }));
    });
}

type Drawn = {
  readonly wishes: readonly Wish[];
  readonly deeds: readonly (readonly [Deed, Aim])[];
  readonly weathers: readonly Weather[];
  readonly schedules: readonly (readonly Scheduled[])[];
  readonly crashes: readonly number[];
};

function* eventsOf({ wishes, deeds, weathers, schedules, crashes }: Drawn): Generator<Event> {
  const atOnce = Math.ceil(wishes.length * CREATED_AT_ONCE);
  const aiming = new Aiming();
  let created = 0;
  for (const [at, [deed, aim]] of deeds.entries()) {
    const share = at / (deeds.length * CREATED_WITHIN);
    const due = Math.min(wishes.length, atOnce + Math.floor(share * (wishes.length - atOnce)));
    for (const wish of wishes.slice(created, due)) yield { kind: 'create', workspace: created++, wish };
    const weather = at % WEATHER_EVERY === 0 ? weathers[at / WEATHER_EVERY] : undefined;
    if (weather !== undefined) yield { kind: 'weather', weather };
    const functions = schedules[(at + 1) / SCHEDULES_EVERY - 1];
    if (functions !== undefined) yield { kind: 'schedules', functions };
    if (crashes.includes(at)) yield { kind: 'crash' };
    yield { ...deed, workspace: aiming.targetOf(deed, aim, created) };
  }
  for (const wish of wishes.slice(created)) yield { kind: 'create', workspace: created++, wish };
}
