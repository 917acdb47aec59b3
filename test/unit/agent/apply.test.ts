import { expect, it } from 'vitest';
import { createApplier } from '../../../infra/agent/plugins/apply.ts';
import { ArtefactError } from '../../../infra/agent/plugins/failure.ts';
import type { Outcome } from '../../../infra/agent/plugins/install.ts';
import type { Artefact } from '../../../infra/agent/plugins/layout.ts';
import type { InstallAction } from '../../../infra/agent/plugins/plan.ts';
import { createHeldClock, settle } from './held-clock.ts';

const sha256 = 'a'.repeat(64);
const install = (name: string, version = '1', url = 'https://x/y') => ({
  action: 'install',
  name,
  version,
  url,
  sha256,
});
const plan = (...actions: unknown[]) => ({ plan_id: 'p', actions });

/** An applier over an installer in memory; random is always 0.5, so the n-th retry waits base · 2ⁿ / 2. */
function setUp() {
  const held = createHeldClock();
  const inPlace = new Map<string, Artefact>();
  const attempts: string[] = [];
  const rings: number[] = [];
  const behaviour = {
    install: async (action: InstallAction, _stop: AbortSignal): Promise<Outcome> => {
      if (inPlace.get(action.name)?.version === action.version) return 'already';
      inPlace.set(action.name, action);
      return 'changed';
    },
  };
  const applier = createApplier({
    installer: {
      install: (action, stop) => {
        attempts.push(`${action.name} ${action.version} ${action.url}`);
        return behaviour.install(action, stop);
      },
      remove: async ({ name }) => (inPlace.delete(name) ? 'changed' : 'already'),
    },
    readInPlace: async () => inPlace,
    onSettled: () => rings.push(held.clock.now()),
    clock: held.clock,
    random: () => 0.5,
    log: () => undefined,
  });
  const fail = async (): Promise<Outcome> => {
    throw new ArtefactError('wrong sha256');
  };
  return { applier, inPlace, attempts, rings, behaviour, fail, advance: held.advance };
}

const failed = { name: 'a', version: null, failed: { version: '1', reason: 'wrong sha256' } };

it('retries what failed after its own growing wait, not on every beat', async () => {
  const { applier, attempts, behaviour, fail, advance } = setUp();
  behaviour.install = fail;
  const attemptsAt: number[] = [];
  for (let second = 0; second <= 40; second += 0.5) {
    const before = attempts.length;
    applier.accept(plan(install('a')));
    await settle();
    if (attempts.length > before) attemptsAt.push(second);
    advance(500);
  }
  expect(attemptsAt).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
  expect(await applier.report()).toEqual([failed]);
});

it('tries each attempt with the newest link', async () => {
  const { applier, attempts, behaviour, fail, advance } = setUp();
  behaviour.install = fail;
  applier.accept(plan(install('a', '1', 'https://x/expired')));
  await settle();
  advance(10_000);
  applier.accept(plan(install('a', '1', 'https://x/renewed')));
  await settle();
  expect(attempts).toEqual(['a 1 https://x/expired', 'a 1 https://x/renewed']);
});

it('tries another version at once, whatever the wait of the one that failed', async () => {
  const { applier, attempts, inPlace, behaviour, fail } = setUp();
  const works = behaviour.install;
  behaviour.install = fail;
  applier.accept(plan(install('a')));
  await settle();
  behaviour.install = works;
  applier.accept(plan(install('a', '2')));
  await settle();
  expect(attempts).toHaveLength(2);
  expect(inPlace.get('a')?.version).toBe('2');
  expect(await applier.report()).toEqual([{ name: 'a', version: '2' }]);
});

it('reports no failure of the version that is in place, though the action that put it there has not ended', async () => {
  const { applier, inPlace, behaviour, fail, advance } = setUp();
  behaviour.install = fail;
  applier.accept(plan(install('a')));
  await settle();
  expect(await applier.report()).toEqual([failed]);
  advance(10_000);
  let finish = (): void => undefined;
  behaviour.install = async (action) => {
    inPlace.set(action.name, action);
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return 'changed';
  };
  applier.accept(plan(install('a')));
  await settle();
  expect(await applier.report()).toEqual([{ name: 'a', version: '1' }]);
  finish();
  await settle();
  expect(await applier.report()).toEqual([{ name: 'a', version: '1' }]);
});

it('reports a failure that nobody asks for any more once, and then no longer', async () => {
  const { applier, behaviour, fail } = setUp();
  behaviour.install = fail;
  applier.accept(plan(install('a')));
  await settle();
  applier.accept(undefined);
  expect(await applier.report()).toEqual([failed]);
  applier.accept(undefined);
  expect(await applier.report()).toEqual([]);
});

it('forgets a failure at once when another plan no longer holds it', async () => {
  const { applier, behaviour, fail } = setUp();
  behaviour.install = fail;
  applier.accept(plan(install('a')));
  await settle();
  applier.accept(plan({ action: 'remove', name: 'b' }));
  expect(await applier.report()).toEqual([]);
});

it('lets an action that is under way finish when the next answer has no plan', async () => {
  const { applier, inPlace, behaviour } = setUp();
  let finish = (): void => undefined;
  behaviour.install = async (action, stop) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    stop.throwIfAborted();
    inPlace.set(action.name, action);
    return 'changed';
  };
  applier.accept(plan(install('a')));
  await settle();
  applier.accept(undefined);
  finish();
  await settle();
  expect(await applier.report()).toEqual([{ name: 'a', version: '1' }]);
});

it('carries out one action a plugin and three in all at a time, and the rest as they end', async () => {
  const { applier, behaviour } = setUp();
  const finish: (() => void)[] = [];
  behaviour.install = async () => {
    await new Promise<void>((resolve) => finish.push(resolve));
    return 'changed';
  };
  const five = plan(...['a', 'b', 'c', 'd', 'e'].map((name) => install(name)));
  applier.accept(five);
  applier.accept(five);
  await settle();
  expect(finish).toHaveLength(3);
  for (const one of finish) one();
  await settle();
  expect(finish).toHaveLength(5);
});

it('asks for an early beat when something has changed or failed, not when all was in place', async () => {
  const { applier, rings, behaviour, fail } = setUp();
  applier.accept(plan(install('a')));
  await settle();
  expect(rings).toHaveLength(1);
  applier.accept(plan(install('a')));
  await settle();
  expect(rings).toHaveLength(1);
  behaviour.install = fail;
  applier.accept(plan(install('b')));
  await settle();
  expect(rings).toHaveLength(2);
});

it('reports an action that cannot be carried out, with the plan it came in', async () => {
  const { applier } = setUp();
  applier.accept(plan({ ...install('a'), sha256: 'short' }));
  expect(applier.planId()).toBe('p');
  expect(await applier.report()).toEqual([
    { name: 'a', version: null, failed: { version: '1', reason: expect.stringContaining('sha256') } },
  ]);
});

it('keeps the report under 64 KiB when every plugin of a whole declaration fails', async () => {
  const { applier, behaviour } = setUp();
  behaviour.install = async () => {
    throw new ArtefactError('x'.repeat(300));
  };
  const names = Array.from({ length: 320 }, (_, index) => `plugin-of-a-long-name-${index}`);
  applier.accept(plan(...names.map((name) => install(name, '10.20.30'))));
  await settle();
  const report = await applier.report();
  expect(report).toHaveLength(320);
  expect(JSON.stringify(report).length).toBeLessThan(60_000);
});

it('ends what is under way when it is stopped, and reports nothing of it', async () => {
  const { applier, rings, behaviour } = setUp();
  behaviour.install = (_action, stop) =>
    new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('aborted'))));
  applier.accept(plan(install('a'), install('b'), install('c'), install('d')));
  await settle();
  await applier.stop();
  expect(await applier.report()).toEqual([]);
  expect(rings).toEqual([]);
});
