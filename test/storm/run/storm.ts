import { setTimeout as delay } from 'node:timers/promises';
import type { Stack } from '../../../infra/local/stack/start-stack.ts';
import type { Event, Step } from '../plan/plan.ts';
import type { Database } from '../registry/database.ts';
import { perform } from './perform.ts';
import type { Schedules } from './schedules.ts';
import type { Skies } from './skies.ts';
import type { Tally } from './tally.ts';

/** What the parts of a storm share. */
export type Storm = {
  readonly stack: Stack;
  readonly database: Database;
  readonly schedules: Schedules;
  readonly skies: Skies;
  readonly tally: Tally;
  /** The workspaces that somebody was told of, by their number in the plan. */
  readonly ids: Map<number, string>;
  /** The instances whose process was killed, and when last. */
  readonly killed: Map<string, Date>;
  readonly over: AbortSignal;
};

/** Callers at once: more wait for their turn, as the plan does not. */
const AT_ONCE = 24;

/** Steps that meet no functions: as all that follow would, the rest waits until they are back. */
const STEPS_WITHOUT_FUNCTIONS = 12;

/** Carries the plan out, at its own pace, without waiting for answers; then clears the sky and waits for the last. */
export async function carryOut(storm: Storm, plan: readonly Step[], progress: (done: number) => void): Promise<void> {
  const { over, skies, stack } = storm;
  const underWay = new Set<Promise<void>>();
  let crash = Promise.resolve();
  let crashedAt = Number.POSITIVE_INFINITY;
  for (const [at, { afterMs, ...event }] of plan.entries()) {
    await delay(afterMs, undefined, { signal: over });
    if (at - crashedAt === STEPS_WITHOUT_FUNCTIONS) await crash;
    while (underWay.size >= AT_ONCE) await Promise.race(underWay);
    if (event.kind === 'crash') {
      crashedAt = at;
      crash = crash.then(() => crashNow(storm));
      // Whoever awaits it hears of a failure: the storm's end does.
      crash.catch(() => undefined);
    } else {
      const work = happen(storm, event).finally(() => underWay.delete(work));
      underWay.add(work);
    }
    progress(at + 1);
  }
  await crash;
  await skies.clear(stack);
  while (underWay.size > 0) await Promise.race(underWay);
}

async function crashNow({ stack, tally }: Storm): Promise<void> {
  await stack.functions.crash();
  tally.met('functions killed', 1);
}

async function happen(storm: Storm, event: Exclude<Event, { kind: 'crash' }>): Promise<void> {
  switch (event.kind) {
    case 'weather':
      return storm.skies.change(storm.stack, event.weather);
    case 'schedules':
      await storm.database.hasten();
      for (const name of event.functions) {
        const failure = await storm.schedules.run(name);
        storm.tally.acted(`schedule ${name}`, failure === undefined ? 'done' : 'faulted');
      }
      return;
    case 'create':
    case 'command':
    case 'reissue':
    case 'outside':
      return perform(storm, event);
  }
}
