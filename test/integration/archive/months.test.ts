import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { handler } from '../../../functions/archive/index.ts';
import { lambdaContext } from '../../support/events.ts';
import { store } from '../../support/registry.ts';
import { sql } from '../../support/sql.ts';
import {
  archive,
  archived,
  countOf,
  forgetArchived,
  isThere,
  makePartition,
  monthAgo,
  numbersOf,
  objects,
  plantMonth,
  recordsOf,
  useEmptyArchive,
  writeEvents,
} from './archived.ts';

useEmptyArchive();

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('a month of events that is older than what is kept', () => {
  it('goes to the archive, every event in one object, and then from the database', async () => {
    const id = await plantMonth(monthAgo(14), 10);
    expect(await archive()).toMatchObject({ archived: 10, dropped: 1, waiting: 0, taken: false });
    expect(numbersOf(id)).toEqual(upTo(10));
    expect(await countOf(id)).toBe(0);
    expect(await isThere(monthAgo(14))).toBe(false);
    expect(await recordsOf(monthAgo(14))).toMatchObject([{ events: 4 }, { events: 4 }, { events: 2 }]);
    expect((await recordsOf(monthAgo(14))).every(({ dropped }) => dropped)).toBe(true);
  });

  it('is one of which the last moment lies before the oldest that is kept', async () => {
    const kept = await plantMonth(monthAgo(13), 3);
    const old = await plantMonth(monthAgo(14), 3);
    await archive();
    expect([await countOf(kept), await countOf(old)]).toEqual([3, 0]);
    expect(await isThere(monthAgo(13))).toBe(true);
  });

  it('is found by what is asked to be kept, and the oldest goes first', async () => {
    const ids = [await plantMonth(monthAgo(3), 2), await plantMonth(monthAgo(4), 2), await plantMonth(monthAgo(5), 2)];
    await archive({ keptMonths: 3 });
    expect(await Promise.all(ids.map(countOf))).toEqual([2, 0, 0]);
    expect([...archived().keys()].map((key) => key.slice(0, 14))).toEqual([
      `events/${monthAgo(5)}`,
      `events/${monthAgo(4)}`,
    ]);
  });

  it('has a line for each event with all of its columns, in the order of the ids, and the digest that is recorded', async () => {
    const month = monthAgo(14);
    await plantMonth(month, 2, { text: 'a"b' });
    const [row] = await sql('SELECT id, workspace_id::text FROM workspace_events ORDER BY id LIMIT 1');
    await archive();
    const [[key, object] = []] = archived();
    const [record] = await recordsOf(month);
    const digits = String(record?.['sha256']).slice(0, 16);
    expect(key).toBe(`events/${month}/${record?.['first_id']}-${record?.['last_id']}-${digits}.ndjson.gz`);
    expect(object?.lines[0]).toEqual({
      ...row,
      at: `${month}-01T00:00:00Z`,
      event: 'new_boot',
      from_status: null,
      to_status: null,
      reason: null,
      evidence: { n: 1, text: 'a"b' },
      actor: 'test',
      request_id: null,
      owes: null,
      generation: 1,
      instance_id: null,
    });
    expect(object?.lines[1]?.at).toMatch(/-\d\dT23:59:59\.999999Z$/);
    const sha256 = createHash('sha256')
      .update(object?.text ?? '')
      .digest('hex');
    expect(record).toMatchObject({ sha256, bucket: objects.bucket, object_key: key });
    expect(object?.metadata).toEqual({ 'x-amz-meta-events': '2', 'x-amz-meta-sha256': sha256 });
  });

  it('leaves what another registry has in the same bucket, of the same month and the same ids', async () => {
    const theirs = await plantMonth(monthAgo(14), 3);
    await archive();
    const [record] = await recordsOf(monthAgo(14));
    await forgetArchived();
    await sql(`ALTER TABLE workspace_events ALTER COLUMN id RESTART WITH ${record?.['first_id']}`);
    const ours = await plantMonth(monthAgo(14), 3);
    await archive();
    expect(await recordsOf(monthAgo(14))).toMatchObject([{ first_id: record?.['first_id'], events: 3, dropped: true }]);
    expect([numbersOf(theirs), numbersOf(ours)]).toEqual([upTo(3), upTo(3)]);
  });

  it('comes whole, however long its events are', async () => {
    const id = await plantMonth(monthAgo(14), 5, { text: 'ß€😀'.repeat(30_000) });
    expect(await archive({ size: { pageEvents: 100, events: 100 } })).toMatchObject({ archived: 5, dropped: 1 });
    expect(numbersOf(id)).toEqual(upTo(5));
    for (const { lines } of archived().values()) {
      for (const { evidence } of lines) expect(evidence).toMatchObject({ text: 'ß€😀'.repeat(30_000) });
    }
  });

  it('is cut into objects by bytes too', async () => {
    await plantMonth(monthAgo(14), 6, { text: 'x'.repeat(100) });
    await archive({ size: { bytes: 500, pageEvents: 1, events: 100 } });
    expect([...archived().values()].map(({ lines }) => lines.length)).toEqual([2, 2, 2]);
  });

  it('goes at once where it is empty', async () => {
    await makePartition(monthAgo(20));
    expect(await archive()).toMatchObject({ archived: 0, dropped: 1 });
    expect([await isThere(monthAgo(20)), archived().size]).toEqual([false, 0]);
  });

  it('is not begun once the time of the run is over, and what is left is told', async () => {
    const id = await plantMonth(monthAgo(14), 10);
    let calls = 0;
    const timeLeftMs = () => (calls++ < 6 ? 1 : 0);
    expect(await archive({ timeLeftMs })).toMatchObject({ archived: 8, dropped: 0, waiting: 1 });
    expect(await countOf(id)).toBe(10);
    expect(await archive()).toMatchObject({ archived: 2, dropped: 1, waiting: 0 });
    expect(numbersOf(id)).toEqual(upTo(10));
  });
});

describe('without an archive', () => {
  it('nothing is dropped, which is warned of once and counted', async () => {
    const ids = [await plantMonth(monthAgo(14), 2), await plantMonth(monthAgo(15), 2)];
    const run = await archive({ objects: undefined });
    expect(run).toMatchObject({ archived: 0, dropped: 0, waiting: 2, counted: { ArchiveMonthsHomeless: 2 } });
    expect(run.warned).toEqual([
      { message: expect.stringContaining('ARCHIVE_BUCKET'), months: [monthAgo(15), monthAgo(14)] },
    ]);
    expect(await Promise.all(ids.map(countOf))).toEqual([2, 2]);
  });

  it('nobody is warned while nothing is old', async () => {
    await plantMonth(monthAgo(13), 2);
    expect(await archive({ objects: undefined })).toMatchObject({ warned: [], counted: {} });
  });

  it('the function runs, and answers what it found', async () => {
    await plantMonth(monthAgo(14), 2);
    expect(await handler({ 'detail-type': 'Scheduled Event' }, lambdaContext(900_000))).toMatchObject({
      archived: 0,
      waiting: 1,
      purged: { plans: 0, sightings: 0, hints: 0, installed_plugins: 0 },
    });
  });
});

describe('events of an old month that fell into the default partition', () => {
  it('go to the archive and from the database, and nothing else goes', async () => {
    const old = await writeEvents(monthAgo(16), 9);
    const other = await writeEvents(monthAgo(2), 3);
    expect(await archive()).toMatchObject({ archived: 9, dropped: 1, waiting: 0 });
    expect(numbersOf(old)).toEqual(upTo(9));
    expect([await countOf(old), await countOf(other)]).toEqual([0, 3]);
    expect((await recordsOf(monthAgo(16))).map(({ dropped }) => dropped)).toEqual([true, true, true]);
  });

  it('go object by object, so that no statement holds up what else falls there', async () => {
    const old = await writeEvents(monthAgo(16), 9);
    const left: unknown[] = [];
    const dropArchivedMonth: typeof store.dropArchivedMonth = async (input) => {
      const answer = await store.dropArchivedMonth(input);
      left.push([answer.answer, await countOf(old)]);
      return answer;
    };
    await archive({ over: { dropArchivedMonth } });
    expect(left).toEqual([
      ['more', 5],
      ['more', 1],
      ['more', 0],
      ['dropped', 0],
    ]);
  });

  it('are archived though events of the same month were dropped before', async () => {
    const month = monthAgo(16);
    await plantMonth(month, 5);
    await archive();
    const late = await writeEvents(month, 3);
    expect(await archive()).toMatchObject({ archived: 3, dropped: 1 });
    expect(numbersOf(late)).toEqual([1, 2, 3]);
  });

  it('are the only ones that can be deleted there: the trigger is back', async () => {
    await writeEvents(monthAgo(16), 2);
    await writeEvents(monthAgo(2), 2);
    await archive();
    const [row] = await sql(
      `SELECT tgenabled::text AS enabled FROM pg_trigger
       WHERE tgname = 'refuse_loss' AND tgrelid = 'workspace_events_default'::regclass`,
    );
    expect(row).toEqual({ enabled: 'A' });
  });
});
