import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { statement } from '../../../lib/adapters/rds-data/statement.ts';
import { database } from '../../support/database.ts';
import { useConnections } from '../../support/locks.ts';
import { store } from '../../support/registry.ts';
import { sql, sqlState } from '../../support/sql.ts';
import {
  archive,
  countOf,
  isThere,
  monthAgo,
  numbersOf,
  plantMonth,
  recordsOf,
  useEmptyArchive,
  writeEvents,
} from './archived.ts';

useEmptyArchive();
const { other, untilBlocked } = useConnections();

const OLD = monthAgo(15);

/** One archived month that is to go, but for what happens before it is let go. */
async function archiveBut(change: () => Promise<unknown>) {
  let changed = false;
  const dropArchivedMonth: typeof store.dropArchivedMonth = async (input) => {
    if (!changed) await change();
    changed = true;
    return store.dropArchivedMonth(input);
  };
  return archive({ over: { dropArchivedMonth } });
}

const unguarded = async (text: string) => {
  await sql('ALTER TABLE archived_events DISABLE TRIGGER refuse_loss');
  await sql(text);
  await sql('ALTER TABLE archived_events ENABLE ALWAYS TRIGGER refuse_loss');
};

const PLACES = [
  ['its partition', (count: number) => plantMonth(OLD, count)],
  ['the default partition', (count: number) => writeEvents(OLD, count)],
] as const;

describe.each(PLACES)('a month in %s', (_, plant) => {
  it.each<readonly [what: string, change: string]>([
    ['an object is recorded with fewer events than it has', 'UPDATE archived_events SET events = events - 1'],
    ['an object is recorded with more events', 'UPDATE archived_events SET events = events + 1'],
    ['an object is not recorded', 'DELETE FROM archived_events WHERE events = 2'],
    [
      'the first object is not recorded',
      'DELETE FROM archived_events WHERE first_id = (SELECT min(first_id) FROM archived_events)',
    ],
    [
      'the counts are wrong, but not their sum',
      'UPDATE archived_events SET events = CASE events WHEN 2 THEN 4 ELSE 3 END',
    ],
    [
      'the last object is recorded as one of events that another has',
      'UPDATE archived_events SET first_id = first_id - 3, last_id = last_id - 3 WHERE events = 2',
    ],
    [
      'an object is recorded as one of half another’s events, and half of its own',
      `UPDATE archived_events SET first_id = first_id - 2, last_id = last_id - 2
       WHERE first_id = (SELECT first_id FROM archived_events ORDER BY first_id OFFSET 1 LIMIT 1)`,
    ],
    ['the last event is beyond the last object', 'UPDATE archived_events SET last_id = last_id - 1 WHERE events = 2'],
    [
      'an object is recorded as one of dropped events',
      'UPDATE archived_events SET dropped_at = now() WHERE events = 2',
    ],
  ])('stays while %s', async (_case, change) => {
    const id = await plant(10);
    const run = await archiveBut(() => unguarded(change));
    expect(run).toMatchObject({ dropped: 0, waiting: 1, counted: { ArchiveMonthsUnproved: 1 } });
    expect(run.warned).toEqual([{ message: expect.any(String), month: OLD, answer: 'unproved' }]);
    expect(await countOf(id)).toBe(10);
  });

  it('stays while it has an event that came after it was archived, and goes once that is archived too', async () => {
    const id = await plant(6);
    let late = '';
    const run = await archiveBut(async () => {
      late = await writeEvents(OLD, 1);
    });
    expect(run).toMatchObject({ dropped: 0, counted: { ArchiveMonthsUnproved: 1 } });
    expect([await countOf(id), await countOf(late)]).toEqual([6, 1]);
    expect(await archive()).toMatchObject({ archived: 1, dropped: 1 });
    expect([numbersOf(id).length, numbersOf(late)]).toEqual([6, [1]]);
  });

  it('stays for an event that is committed while its end is under way', async () => {
    const id = await plant(6);
    const dropArchivedMonth: typeof store.dropArchivedMonth = async (input) => {
      await other.query('BEGIN');
      await other.query(
        `INSERT INTO workspace_events (workspace_id, at, event, actor, generation)
         VALUES ('${id}', '${OLD}-05', 'new_boot', 'test', 7)`,
      );
      const answer = store.dropArchivedMonth(input);
      await untilBlocked();
      await other.query('COMMIT');
      return answer;
    };
    expect(await archive({ over: { dropArchivedMonth } })).toMatchObject({
      dropped: 0,
      counted: { ArchiveMonthsUnproved: 1 },
    });
    expect(await countOf(id)).toBe(7);
  });

  it('stays where what was uploaded is not what is there, and nothing is recorded', async () => {
    const id = await plant(6);
    const readEventLines: typeof store.readEventLines = async (input) =>
      (await store.readEventLines(input)).map(({ id: event, part }) => ({
        id: event,
        part: part.replace('"test"', '"tent"'),
      }));
    await expect(archive({ over: { readEventLines } })).rejects.toThrow('is not what the database has');
    expect([await recordsOf(OLD), await countOf(id)]).toEqual([[], 6]);
  });

  it('stays while it is in use, and goes with a later run', async () => {
    const id = await plant(6);
    const place = (await isThere(OLD)) ? `workspace_events_${OLD.replace('-', '_')}` : 'workspace_events_default';
    const run = await archiveBut(async () => {
      await other.query('BEGIN');
      await other.query(`LOCK TABLE ${place} IN ROW EXCLUSIVE MODE`);
    });
    await other.query('ROLLBACK');
    expect(run).toMatchObject({ dropped: 0, waiting: 1, counted: { ArchiveMonthsBusy: 1 } });
    expect(await countOf(id)).toBe(6);
    expect(await archive()).toMatchObject({ archived: 0, dropped: 1 });
  });
});

describe('a partition', () => {
  it('stays while a reader of the history is in it, and gives way at once when that is over', async () => {
    await plantMonth(OLD, 2);
    const run = await archiveBut(async () => {
      await other.query('BEGIN');
      await other.query(`SELECT FROM workspace_events_${OLD.replace('-', '_')}`);
    });
    await other.query('ROLLBACK');
    expect(run).toMatchObject({ dropped: 0, counted: { ArchiveMonthsBusy: 1 } });
    expect(await archive()).toMatchObject({ dropped: 1 });
  });

  it('stays that has more than its month in it', async () => {
    await sql(
      `CREATE TABLE workspace_events_${OLD.replace('-', '_')} PARTITION OF workspace_events
       FOR VALUES FROM ('${monthAgo(17)}-01 00:00+00') TO ('${monthAgo(14)}-01 00:00+00')`,
    );
    const [own, strayed] = [await writeEvents(OLD, 2), await writeEvents(monthAgo(17), 2)];
    expect(await archive()).toMatchObject({ dropped: 0, counted: { ArchiveMonthsUnproved: 1 } });
    expect([await countOf(own), await countOf(strayed)]).toEqual([2, 2]);
  });

  it('of another table is not taken for it', async () => {
    await sql(`CREATE TABLE workspace_events_${OLD.replace('-', '_')} (id bigint)`);
    expect(await archive()).toMatchObject({ dropped: 0, waiting: 0 });
    expect(await store.dropArchivedMonth({ month: OLD, keptMonths: 13 })).toEqual({ answer: 'dropped' });
    await sql(`DROP TABLE workspace_events_${OLD.replace('-', '_')}`);
  });
});

describe('what is asked of the database directly', () => {
  it.each([
    [1, 1, 'kept'],
    [1, 0, 'kept'],
    [2, 1, 'dropped'],
  ])('a month %i ago, of %i that are kept: %s', async (ago, keptMonths, answer) => {
    expect(await store.dropArchivedMonth({ month: monthAgo(ago), keptMonths })).toEqual({ answer });
  });

  it('keeps a whole month at least, though the functions ask for less', async () => {
    const id = await plantMonth(monthAgo(1), 2);
    expect(await archive({ keptMonths: 0 })).toMatchObject({ archived: 0, dropped: 0, waiting: 0 });
    expect(await countOf(id)).toBe(2);
  });

  it.each([
    'DELETE FROM workspace_events',
    'DROP TABLE workspace_events_default',
    'ALTER TABLE workspace_events DETACH PARTITION workspace_events_default',
    'UPDATE archived_events SET events = 1',
    'DELETE FROM archived_events',
  ])('%s is refused to the functions', async (text) => {
    const asked = database.run(statement({ sql: text, bind: () => ({}), row: z.unknown() }), undefined);
    expect(await sqlState(asked)).toBe('42501');
  });

  it('refuses its owner too to take back what is recorded', async () => {
    expect(await sqlState(sql('DELETE FROM archived_events'))).toBe('MU005');
    expect(await sqlState(sql('TRUNCATE archived_events'))).toBe('MU005');
  });
});
