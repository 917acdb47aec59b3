import { beforeAll, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import type { ArchiveObjects } from '../../../lib/domain/retention.ts';
import { store } from '../../support/registry.ts';
import {
  archive,
  archived,
  countOf,
  isThere,
  letGo,
  monthAgo,
  numbersOf,
  objects,
  plantMonth,
  recordsOf,
  useEmptyArchive,
  writeEvents,
} from './archived.ts';

useEmptyArchive();

const OLD = monthAgo(15);
const OLDER = monthAgo(16);

type Mishap = { readonly at: number; readonly when: 'before' | 'after' };

const METHODS = [
  'claimArchive',
  'listArchivableMonths',
  'readEventLines',
  'recordArchivedEvents',
  'dropArchivedMonth',
  'finishArchive',
] as const;

/** The parts of a run that ends at its call `at`, before it was made or once its work was done. */
function mortal(mishap: Mishap | 'twice' | undefined) {
  const calls: string[] = [];
  const lived = async (name: string, work: () => Promise<unknown>): Promise<unknown> => {
    calls.push(name);
    if (mishap === 'twice') await work();
    if (mishap === 'twice' || mishap === undefined || mishap.at !== calls.length) return work();
    if (mishap.when === 'after') await work();
    throw new StoreUnavailable(`killed at ${name}`);
  };
  const over = new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      const counted = METHODS.some((known) => known === name);
      if (typeof method !== 'function' || !counted) return method;
      return (...input: unknown[]) => lived(String(name), async () => Reflect.apply(method, target, input));
    },
  });
  const put: ArchiveObjects['put'] = async (object) => {
    await lived('put', () => objects.put(object));
  };
  return { calls, over: Object.fromEntries(METHODS.map((name) => [name, over[name]])), objects: { ...objects, put } };
}

/** Two months, one with a partition and one in the default partition, of two objects each. */
async function plant() {
  return { own: await plantMonth(OLD, 6), strayed: await writeEvents(OLDER, 5) };
}

async function expectAllArchived({ own, strayed }: Awaited<ReturnType<typeof plant>>): Promise<void> {
  expect([numbersOf(own), numbersOf(strayed)]).toEqual([
    [1, 2, 3, 4, 5, 6],
    [1, 2, 3, 4, 5],
  ]);
  expect([await countOf(own), await countOf(strayed), await isThere(OLD)]).toEqual([0, 0, false]);
  const records = [...(await recordsOf(OLD)), ...(await recordsOf(OLDER))];
  expect(records.map(({ events, dropped }) => [events, dropped])).toEqual([
    [4, true],
    [2, true],
    [4, true],
    [1, true],
  ]);
  expect([...archived().keys()].sort()).toEqual(records.map(({ object_key }) => object_key).sort());
}

/** What a run calls: known before its tests are named. */
const CALLS = [
  'listArchivableMonths',
  'claimArchive',
  'listArchivableMonths',
  ...['readEventLines', 'readEventLines', 'put', 'recordArchivedEvents'],
  ...['readEventLines', 'readEventLines', 'put', 'recordArchivedEvents', 'readEventLines'],
  ...['dropArchivedMonth', 'dropArchivedMonth', 'dropArchivedMonth'],
  ...['readEventLines', 'readEventLines', 'put', 'recordArchivedEvents'],
  ...['readEventLines', 'readEventLines', 'put', 'recordArchivedEvents', 'readEventLines'],
  'dropArchivedMonth',
  'finishArchive',
];

describe('an archive that is killed', () => {
  it('calls what the tests below kill it at', async () => {
    const planted = await plant();
    const parts = mortal(undefined);
    await archive(parts);
    expect(parts.calls).toEqual(CALLS);
    await expectAllArchived(planted);
  });

  const all = CALLS.flatMap((name, at) => (['before', 'after'] as const).map((when) => ({ name, at: at + 1, when })));
  /** Those that differ in what is there: what only reads changes nothing, and before a call is after the last. */
  const writing = all.filter(({ name, when }) => when === 'after' && !/^(list|read)/.test(name));
  const mishaps = process.env['MUSTER_FAULTS'] === 'all' ? all : writing;

  it.each(mishaps)(
    '$when call $at ($name) is carried on by the next run, and nothing is lost or twice there',
    async (mishap) => {
      const planted = await plant();
      const before = [await countOf(planted.own), await countOf(planted.strayed)];
      await expect(archive(mortal(mishap))).rejects.toThrow('killed at');
      const kept = [await countOf(planted.own), await countOf(planted.strayed)].map(Number);
      // What is no more in the database is in the archive, at every moment.
      expect(kept[0] === before[0] || numbersOf(planted.own).length === 6).toBe(true);
      expect(kept[1] === before[1] || numbersOf(planted.strayed).length === 5).toBe(true);
      await letGo();
      await archive();
      await expectAllArchived(planted);
    },
  );

  it('is not: each statement and each upload may be sent twice', async () => {
    const planted = await plant();
    await archive(mortal('twice'));
    await expectAllArchived(planted);
  });
});

describe('two runs at once', () => {
  let uploads: string[] = [];
  beforeAll(() => {
    uploads = [];
  });
  const put: ArchiveObjects['put'] = async (object) => {
    uploads.push(object.key);
    await objects.put(object);
  };

  it('are one: the other leaves it alone', async () => {
    const planted = await plant();
    const runs = await Promise.all([1, 2, 3].map(() => archive({ objects: { ...objects, put } })));
    expect(runs.filter(({ taken }) => taken)).toHaveLength(2);
    expect(uploads).toHaveLength(4);
    await expectAllArchived(planted);
    expect(await archive()).toMatchObject({ taken: false, waiting: 0 });
  });

  it('are one until the first has let go, or has died for its time', async () => {
    await plantMonth(OLD, 6);
    const dead = mortal({ at: 6, when: 'before' });
    await expect(archive(dead)).rejects.toThrow('killed');
    expect(await archive()).toMatchObject({ taken: true, archived: 0, waiting: 1 });
    await letGo();
    expect(await archive()).toMatchObject({ taken: false, archived: 6 });
  });

  it('record nothing for the one that has lost the archive while it uploaded', async () => {
    const planted = await plant();
    const slow: ArchiveObjects['put'] = async (object) => {
      await objects.put(object);
      await letGo();
      await store.claimArchive({ owner: '00000000-0000-4000-8000-000000000001', holdSeconds: 60 });
    };
    await expect(archive({ objects: { ...objects, put: slow } })).rejects.toThrow('another run took the archive');
    expect([...(await recordsOf(OLD)), ...(await recordsOf(OLDER))]).toEqual([]);
    await store.finishArchive({ owner: '00000000-0000-4000-8000-000000000001' });
    await archive();
    await expectAllArchived(planted);
  });

  it('give back only what is their own', async () => {
    await store.claimArchive({ owner: '00000000-0000-4000-8000-000000000001', holdSeconds: 60 });
    await store.finishArchive({ owner: '00000000-0000-4000-8000-000000000002' });
    expect(
      await store.claimArchive({ owner: '00000000-0000-4000-8000-000000000002', holdSeconds: 60 }),
    ).toBeUndefined();
  });
});
