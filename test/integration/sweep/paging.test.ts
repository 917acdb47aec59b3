import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../lib/domain/errors.ts';
import { giveInstance, terminate } from '../../support/ec2.ts';
import { makeWorkspace, rowOf, store, transition } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps, sweepOnce } from '../../support/sweep.ts';

/** Candidates that are asked for together here. */
const PAGE = 20;
const FLEET = 43;

beforeEach(forgetEarlierSweeps);

/** Ids in order; each test has a `family` of its own, since rows are never deleted. */
const idOf = (family: number, at: number) =>
  `${String(family).padStart(8, '0')}-0000-4000-8000-${String(at).padStart(12, '0')}`;
const instanceOf = (family: number, at: number) =>
  `i-${String(family).padStart(7, '0')}${String(at).padStart(10, '0')}`;

/** A fleet whose instances EC2 does not know: each is asked about, and nothing comes of it. */
async function makeFleet(family: number): Promise<string[]> {
  await sql(
    `INSERT INTO workspaces (id, name, runtime, restart_policy, created_by, instance_id)
     SELECT (lpad(:family::text, 8, '0') || '-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'fleet', 'r', 'never',
       '{"actor": "test"}', 'i-' || lpad(:family::text, 7, '0') || lpad(n::text, 10, '0')
     FROM generate_series(1, :fleet::integer) n`,
    { family: String(family), fleet: FLEET },
  );
  return Array.from({ length: FLEET }, (_, at) => instanceOf(family, at + 1));
}

/** Writes down which instances a sweep asks about, and ends its time after so many pages. */
function watch(pagesInTime = Number.POSITIVE_INFINITY) {
  const pages: (readonly string[])[] = [];
  return {
    pages,
    options: {
      meanwhile: async (asked: readonly string[]) => pages.push(asked),
      chunkSize: PAGE,
      timeLeftMs: () => (pages.length < pagesInTime ? 30_000 : 0),
    },
  };
}

const cursor = async () => (await sql('SELECT cursor::text FROM sweep_state'))[0]?.['cursor'];

describe('a sweep of more rows than a page holds', () => {
  it('asks about each of them once, in one run', async () => {
    const fleet = await makeFleet(1);
    const { pages, options } = watch();
    expect(await sweepOnce(options)).toMatchObject({ complete: true, asked: FLEET, verdicts: { absent: FLEET } });
    expect(pages.map((page) => page.length)).toEqual([PAGE, PAGE, FLEET - 2 * PAGE]);
    expect(pages.flat()).toEqual(fleet);
    expect(await cursor()).toBeNull();
  });

  it('keeps its cursor after each page, so that a killed run is not begun again from the first', async () => {
    await makeFleet(2);
    const kept: unknown[] = [];
    const note = async () => kept.push(await cursor());
    await sweepOnce({ chunkSize: PAGE, meanwhile: note });
    expect(kept).toEqual([null, idOf(2, PAGE), idOf(2, 2 * PAGE)]);
  });

  it('goes on in the next run where the time was up, and comes round', async () => {
    const fleet = await makeFleet(3);
    const first = watch(1);
    expect(await sweepOnce(first.options)).toMatchObject({ complete: false, asked: PAGE, backlog: FLEET - PAGE });
    expect(first.pages.flat()).toEqual(fleet.slice(0, PAGE));
    expect(await cursor()).toBe(idOf(3, PAGE));

    const next = watch();
    expect(await sweepOnce(next.options)).toMatchObject({ complete: true, asked: FLEET });
    expect(next.pages.flat()).toEqual([...fleet.slice(PAGE), ...fleet.slice(0, PAGE)]);
    expect(await cursor()).toBeNull();
  });

  it('comes round also when each run has time for one page only', async () => {
    const fleet = await makeFleet(4);
    const seen: string[] = [];
    for (let run = 0; run < 3; run += 1) {
      const { pages, options } = watch(1);
      await sweepOnce(options);
      seen.push(...pages.flat());
    }
    const second = 3 * PAGE - FLEET;
    expect(seen).toEqual([...fleet, ...fleet.slice(0, second)]);
    const again = watch(1);
    await sweepOnce(again.options);
    expect(again.pages.flat()).toEqual(fleet.slice(second, second + PAGE));
  });

  it('sweeps the later pages although the write of one fails, and fails aloud when all are done', async () => {
    await makeFleet(5);
    const onFirstPage = await makeWorkspace({ id: idOf(5, 0) });
    const onLastPage = await makeWorkspace({ id: 'ffffffff-0000-4000-8000-000000000000' });
    for (const { id } of [onFirstPage, onLastPage]) {
      await transition(id, 'register', 'online');
      await terminate(await giveInstance(id));
    }
    const down = new StoreUnavailable('the database was down for a moment');
    const flipInstances: typeof store.flipInstances = (input) =>
      input.rows.some((row) => row.workspace_id === onFirstPage.id) ? Promise.reject(down) : store.flipInstances(input);

    const failed = await sweepOnce({ chunkSize: PAGE, over: { flipInstances } }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'AggregateError', errors: [down] });
    expect(await rowOf(onFirstPage.id)).toMatchObject({ status: 'online' });
    expect(await rowOf(onLastPage.id)).toMatchObject({ status: 'offline' });

    expect(await sweepOnce()).toMatchObject({ complete: true, flipped: 1 });
    expect(await rowOf(onFirstPage.id)).toMatchObject({ status: 'offline' });
  });
});
