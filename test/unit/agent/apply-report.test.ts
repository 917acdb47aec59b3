import { expect, it } from 'vitest';
import { ArtefactError } from '../../../infra/agent/plugins/failure.ts';
import { configuredBy, failed, install, plan, setUp, sha256 } from './applier.ts';
import { settle } from './held-clock.ts';

it('has no failure to report of what was in place after it and is gone again', async () => {
  const { applier, inPlace, behaviour, fail, advance } = setUp();
  const works = behaviour.install;
  behaviour.install = fail;
  applier.accept(plan(install('a')));
  await settle();
  behaviour.install = works;
  advance(10_000);
  applier.accept(plan(install('a')));
  await settle();
  inPlace.delete('a');
  expect(await applier.report()).toEqual([]);
});

it('reports a removal that failed with the version that is still there', async () => {
  const { applier, inPlace, behaviour, fail } = setUp();
  inPlace.set('a', { version: '1', sha256 });
  behaviour.remove = fail;
  applier.accept(plan({ action: 'remove', name: 'a' }));
  await settle();
  expect(await applier.report()).toEqual([{ ...failed, version: '1', sha256 }]);
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
    inPlace.set(action.name, configuredBy(action));
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return 'installed';
  };
  applier.accept(plan(install('a')));
  await settle();
  expect(await applier.report()).toEqual([{ name: 'a', version: '1', sha256 }]);
  finish();
  await settle();
  expect(await applier.report()).toEqual([{ name: 'a', version: '1', sha256 }]);
});

it('reports the configuration in place beside the failure of another one', async () => {
  const { applier, inPlace, behaviour, fail } = setUp();
  inPlace.set('a', { version: '1', sha256, config_digest: '1'.repeat(64) });
  behaviour.install = fail;
  applier.accept(plan({ ...install('a'), config: {}, config_digest: '2'.repeat(64) }));
  await settle();
  expect(await applier.report()).toEqual([{ ...failed, version: '1', sha256, config_digest: '1'.repeat(64) }]);
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

it('keeps the report under 64 KiB when every plugin of a whole declaration with long versions fails', async () => {
  const { applier, inPlace, behaviour } = setUp();
  behaviour.install = async () => {
    throw new ArtefactError('x'.repeat(300));
  };
  const names = Array.from({ length: 205 }, (_, index) => `p${index}`);
  for (const name of names) inPlace.set(name, { version: '1'.repeat(99), sha256 });
  applier.accept(plan(...names.map((name) => install(name, '2'.repeat(99)))));
  await settle();
  await settle();
  await settle();
  expect(JSON.stringify(await applier.report()).length).toBeLessThan(65_000);
});

it('cuts a reason to whole characters: the registry refuses a heartbeat that holds half of one', async () => {
  const { applier, behaviour } = setUp();
  behaviour.install = async () => {
    throw new ArtefactError(`x${'😀'.repeat(200)}`);
  };
  applier.accept(plan(install('a')));
  await settle();
  const report = await applier.report();
  expect(report?.[0]?.failed?.reason.isWellFormed()).toBe(true);
});

it('gives the failure that is wanted all the room that those which nobody asks for any more had', async () => {
  const { applier, behaviour, fail } = setUp();
  behaviour.install = fail;
  for (let nth = 0; nth < 400; nth += 1) {
    applier.accept(plan(install(`p${nth}`)));
    await settle();
    await applier.report();
  }
  expect(await applier.report()).toEqual([{ ...failed, name: 'p399' }]);
});

it('reports nothing at all, rather than no plugin, while it cannot be read what is in place', async () => {
  const { applier, unreadable, logged, behaviour, fail } = setUp();
  unreadable.error = new Error('EIO: i/o error');
  expect(await applier.report()).toBeUndefined();
  expect(logged).toContain('plugins.unreadable');
  behaviour.remove = fail;
  applier.accept(plan({ action: 'remove', name: 'a' }));
  await settle();
  unreadable.error = undefined;
  expect(await applier.report()).toEqual([{ ...failed, failed: { version: 'unknown', reason: 'wrong sha256' } }]);
});
