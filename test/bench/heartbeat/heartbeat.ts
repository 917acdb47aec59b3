import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import { z } from 'zod';
import { createRunFolder } from '../../../infra/local/postgres/run-folder.ts';
import { ClearError, type Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { migrateDatabase, startDatabase } from '../../../infra/local/stack/start-database.ts';
import { batchesOf } from '../../../lib/domain/batches.ts';
import { type Figure, percentile, rounded } from '../figures.ts';
import { type BeatingConnections, openBeating, type Way } from './beating.ts';
import { type Beating, makeFleet } from './fleet.ts';
import { flipAll } from './flips.ts';
import { BARE, CALL } from './statements.ts';

const FLEET = 100_000;
/** The two are told apart by many short turns, since what else the machine does comes and goes. */
const ROUNDS = 12;
const TURN_MS = 2_000;
const FLIPS = 40;
const FLIPPED_AT_ONCE = 1_000;

const BUDGETS = { parsed: '≥ 0.85', prepared: '≥ 0.50' } as const satisfies Record<Way, string>;

/** The heartbeat's call beside a bare update of the same row, and beside the largest flips. */
export async function heartbeat(lifetime: Lifetime): Promise<Figure[]> {
  const folder = await createRunFolder();
  lifetime.parts.defer(() => rm(folder, { recursive: true, force: true }));
  const { dataApi, url, secrets } = await startDatabase(lifetime, folder);
  await migrateDatabase({ dataApi, secrets });
  const fleet = await makeFleet(url, FLEET);
  const connections = await openBeating(url, fleet);
  lifetime.parts.defer(() => connections.close());
  return [
    ...(await compare(connections, 'parsed')),
    ...(await compare(connections, 'prepared')),
    await hotShare(url, connections),
    ...(await besideFlips(url, connections, fleet)),
  ];
}

const within = (ms: number): (() => boolean) => {
  const end = performance.now() + ms;
  return () => performance.now() > end;
};

async function compare(connections: BeatingConnections, way: Way): Promise<Figure[]> {
  const rounds: { call: number; bare: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { aSecond: call } = await connections.beat(CALL, way, 'call', within(TURN_MS));
    const { aSecond: bare } = await connections.beat(BARE, way, 'bare', within(TURN_MS));
    rounds.push({ call, bare });
  }
  const median = (numbers: readonly number[]) => percentile(numbers, 0.5);
  return [
    {
      name: `${way}: the call against a bare update`,
      value: rounded(median(rounds.map(({ call, bare }) => call / bare))),
      unit: 'of its rate',
      budget: BUDGETS[way],
    },
    { name: `${way}: calls`, value: Math.round(median(rounds.map(({ call }) => call))), unit: 'a second' },
    { name: `${way}: bare updates`, value: Math.round(median(rounds.map(({ bare }) => bare))), unit: 'a second' },
  ];
}

const updates = z.tuple([z.object({ hot: z.coerce.number(), all: z.coerce.number() })]);

/** Of the call alone: the bare updates would hide its part. */
async function hotShare(url: string, connections: BeatingConnections): Promise<Figure> {
  const database = new Client(url);
  await database.connect();
  const count = async () => {
    await connections.report();
    const { rows } = await database.query(
      `SELECT n_tup_hot_upd AS hot, n_tup_upd AS all FROM pg_stat_user_tables WHERE relname = 'heartbeats'`,
    );
    return updates.parse(rows)[0];
  };
  const before = await count();
  await connections.beat(CALL, 'parsed', 'call', within(ROUNDS * TURN_MS));
  const after = await count();
  await database.end();
  const share = (after.hot - before.hot) / (after.all - before.all);
  return { name: 'updates that are HOT', value: rounded(share * 100, 2), unit: '%', budget: '≥ 99' };
}

async function besideFlips(url: string, connections: BeatingConnections, fleet: readonly Beating[]): Promise<Figure[]> {
  let isOver = false;
  const beating = connections.beat(CALL, 'parsed', 'call', () => isOver);
  const gone = batchesOf(fleet.slice(0, FLIPS * FLIPPED_AT_ONCE), FLIPPED_AT_ONCE);
  const flips = await flipAll(url, gone).finally(() => {
    isOver = true;
  });
  const { aSecond, p99Ms } = await beating;
  if (flips.flipped < FLIPS * FLIPPED_AT_ONCE) throw new ClearError(`Only ${flips.flipped} were flipped`);
  const of = `beside flips of ${FLIPPED_AT_ONCE}`;
  return [
    { name: `${of}: deadlocks`, value: flips.deadlocks, unit: 'deadlocks', budget: '= 0' },
    { name: `${of}: beats, p99`, value: rounded(p99Ms, 1), unit: 'ms', budget: '< 20' },
    { name: `${of}: beats`, value: Math.round(aSecond), unit: 'a second' },
  ];
}
