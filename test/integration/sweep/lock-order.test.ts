import { afterAll, describe, expect, it } from 'vitest';
import { dropPool } from '../../support/database.ts';
import { type Act, makeFleet } from '../../support/fleet.ts';
import { useConnections } from '../../support/locks.ts';
import { shared } from '../../support/shared.ts';
import { sql } from '../../support/sql.ts';

const BESIDE_MS = 1_500;

const { watcher } = useConnections();

/** How many of each run side by side. */
const CROWD = {
  stopped: 1,
  gone: 1,
  cleared: 1,
  startsOwed: 1,
  expired: 1,
  beats: 3,
  registers: 2,
  silenced: 2,
  revived: 1,
} as const satisfies Record<Act, number>;

/** A setting is for new sessions only, so the pool is emptied after it. */
const forAllSessions = async (setting: string) => {
  await sql(`ALTER DATABASE ${shared.now.databaseName} ${setting}`);
  await dropPool();
};

/** Deadlocks of this database ever: sessions tell them when they end, so the pool is emptied first. */
const deadlocks = async (): Promise<number> => {
  await dropPool();
  const sessions = () =>
    watcher.query(
      `SELECT count(*)::integer AS n FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'data-api'`,
    );
  await expect.poll(async () => (await sessions()).rows[0].n, { timeout: 10_000 }).toBe(0);
  const { rows } = await watcher.query(
    'SELECT deadlocks::integer AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0].n;
};

afterAll(() => forAllSessions('RESET enable_hashjoin'));

describe('everything that locks rows, all at once', () => {
  it.each([
    ['as planned', 'RESET enable_hashjoin'],
    ['with hash joins off', 'SET enable_hashjoin = off'],
  ])('never deadlocks: %s', async (_, setting) => {
    await forAllSessions(setting);
    const acts = await makeFleet(60);
    const before = await deadlocks();
    const until = Date.now() + BESIDE_MS;
    const written: Record<Act, number> = {
      stopped: 0,
      gone: 0,
      cleared: 0,
      startsOwed: 0,
      expired: 0,
      beats: 0,
      registers: 0,
      silenced: 0,
      revived: 0,
    };
    const crowd = Object.keys(CROWD).filter((name): name is Act => name in CROWD);
    /** A busy machine gets more time, so that each of them has written something beside the others. */
    const goesOn = () =>
      Date.now() < until || (Date.now() < until + 10_000 && crowd.some((name) => written[name] === 0));
    const keepOn = async (name: Act) => {
      while (goesOn()) {
        const count = await acts[name]();
        written[name] += count;
      }
    };
    await Promise.all(crowd.flatMap((name) => Array.from({ length: CROWD[name] }, () => keepOn(name))));
    expect(await deadlocks()).toBe(before);
    expect(crowd.filter((name) => written[name] === 0)).toEqual([]);
  });
});
