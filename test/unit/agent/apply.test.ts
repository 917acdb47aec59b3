import { expect, it } from 'vitest';
import { configuredBy, failed, install, plan, setUp, sha256 } from './applier.ts';
import { settle } from './held-clock.ts';

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

it('keeps the wait of what failed when it is given another link, and then tries it with the newest', async () => {
  const { applier, attempts, behaviour, fail, advance } = setUp();
  behaviour.install = fail;
  for (const link of ['expired', 'renewed', 'newest']) {
    applier.accept(plan(install('a', '1', `https://x/${link}`)));
    await settle();
  }
  expect(attempts).toEqual(['a 1 https://x/expired']);
  advance(500);
  applier.accept(plan(install('a', '1', 'https://x/newest')));
  await settle();
  expect(attempts).toEqual(['a 1 https://x/expired', 'a 1 https://x/newest']);
});

it('starts what had to wait for its turn with the newest link', async () => {
  const { applier, attempts, behaviour } = setUp();
  const finish: (() => void)[] = [];
  behaviour.install = async () => {
    await new Promise<void>((resolve) => finish.push(resolve));
    return 'installed';
  };
  for (const link of ['old', 'new']) {
    applier.accept(plan(...['a', 'b', 'c', 'd'].map((name) => install(name, '1', `https://x/${link}`))));
  }
  await settle();
  for (const one of finish) one();
  await settle();
  expect(attempts.at(-1)).toBe('d 1 https://x/new');
});

const configured = (digest: string) => ({ ...install('a'), config: { digest }, config_digest: digest.repeat(64) });

it('tries another configuration of the same version at once, and gives up the one under way', async () => {
  const { applier, attempts, inPlace, behaviour, fail } = setUp();
  const works = behaviour.install;
  behaviour.install = fail;
  applier.accept(plan(configured('1')));
  await settle();
  const stops: AbortSignal[] = [];
  behaviour.install = (_action, stop) => {
    stops.push(stop);
    return new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('aborted'))));
  };
  applier.accept(plan(configured('2')));
  await settle();
  expect(attempts).toHaveLength(2);
  behaviour.install = works;
  applier.accept(plan(install('a')));
  await settle();
  expect(stops.map(({ aborted }) => aborted)).toEqual([true]);
  expect(inPlace.get('a')).toEqual({ version: '1', sha256 });
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
  expect(await applier.report()).toEqual([{ name: 'a', version: '2', sha256 }]);
});

it('tries another sha256 of the same version at once, and waits for it as for a first attempt', async () => {
  const { applier, attempts, behaviour, fail, advance } = setUp();
  behaviour.install = fail;
  applier.accept(plan(install('a')));
  await settle();
  const other = { ...install('a'), sha256: 'b'.repeat(64) };
  applier.accept(plan(other));
  await settle();
  expect(attempts).toHaveLength(2);
  advance(500);
  applier.accept(plan(other));
  await settle();
  expect(attempts).toHaveLength(3);
});

it('starts again what is asked for again while the run that was taken back has not ended', async () => {
  const { applier, attempts, behaviour } = setUp();
  const ends: (() => void)[] = [];
  behaviour.install = (_action, stop) =>
    new Promise((_resolve, reject) => ends.push(() => reject(stop.aborted ? stop.reason : new Error('ended'))));
  for (const version of ['1', '2', '1']) applier.accept(plan(install('a', version)));
  ends[0]?.();
  await settle();
  expect(attempts).toEqual(['a 1 https://x/y', 'a 1 https://x/y']);
});

it('lets an action that is under way finish when the next answer has no plan', async () => {
  const { applier, inPlace, behaviour } = setUp();
  let finish = (): void => undefined;
  behaviour.install = async (action, stop) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    stop.throwIfAborted();
    inPlace.set(action.name, configuredBy(action));
    return 'installed';
  };
  applier.accept(plan(install('a')));
  await settle();
  applier.accept(undefined);
  finish();
  await settle();
  expect(await applier.report()).toEqual([{ name: 'a', version: '1', sha256 }]);
});

it('carries out one action a plugin and three in all at a time, and the rest as they end', async () => {
  const { applier, behaviour } = setUp();
  const finish: (() => void)[] = [];
  behaviour.install = async () => {
    await new Promise<void>((resolve) => finish.push(resolve));
    return 'installed';
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

it('ends what is under way when it is stopped, and reports nothing of it', async () => {
  const { applier, attempts, rings, behaviour } = setUp();
  behaviour.install = (_action, stop) =>
    new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('aborted'))));
  applier.accept(plan(install('a'), install('b'), install('c'), install('d')));
  await settle();
  await applier.stop();
  expect(await applier.report()).toEqual([]);
  expect(rings).toEqual([]);
  expect(attempts).toHaveLength(3);
});
