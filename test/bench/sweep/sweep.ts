import { ClearError, type Lifetime } from '../../../infra/local/stack/lifetime.ts';
import { describeFigure, type Figure, rounded } from '../figures.ts';
import { byEvent } from './by-event.ts';
import { beat, forgetFleet, makeFleet, statuses } from './fleet.ts';
import { type Run, startWorld, type World } from './world.ts';

const SMALL = 10_000;
const LARGE = 100_000;
/** Of a function that is large enough for the small fleet, and of the one that is deployed (serverless.yml). */
const SMALL_MEMORY_MB = 256;
const MEMORY_MB = 1_769;
const QUICK_MS = 200;
const SLOW_MS = 8_000;

/** What the sweep costs with the fleet's size, and what it does to it in the cases that the design promises something for. */
export async function sweep(lifetime: Lifetime): Promise<Figure[]> {
  const figures: Figure[] = [];
  const add = (some: readonly Figure[]) => {
    for (const figure of some) console.error(describeFigure(figure));
    figures.push(...some);
  };
  const world = await startWorld(lifetime);
  await makeFleet(world, SMALL);
  await beat(world);
  const [small, ofSmall] = await cost(world, SMALL);
  add(ofSmall);
  for (const kase of [slow, outage, absent, dying]) add(await kase(world));
  await forgetFleet(world);
  await makeFleet(world, LARGE);
  await beat(world);
  const [large, ofLarge] = await cost(world, LARGE);
  add(ofLarge);
  const budget = { unit: '×', budget: '≤ 11' };
  add([
    { name: `time, ${LARGE} against ${SMALL}`, value: rounded(large.ms / small.ms, 2), ...budget },
    { name: `processor time, ${LARGE} against ${SMALL}`, value: rounded(large.cpuMs / small.cpuMs, 2), ...budget },
  ]);
  add(await byEvent(lifetime));
  return figures;
}

/** A healthy fleet: what one sweep of it takes. */
async function cost(world: World, size: number): Promise<[Run, Figure[]]> {
  await world.latency(QUICK_MS);
  const run = await world.run('sweep', size === SMALL ? SMALL_MEMORY_MB : MEMORY_MB);
  const calls = await world.calls();
  if (run.summary.backlog > 0 || run.summary.asked !== size) {
    throw new ClearError(`A sweep of ${size} looked at ${run.summary.asked} and left ${run.summary.backlog}`);
  }
  const of = `${size} workspaces, EC2 at ${QUICK_MS} ms`;
  const isSmall = size === SMALL;
  return [
    run,
    [
      { name: `${of}: calls to EC2`, value: calls, unit: 'calls', ...(isSmall && { budget: '≤ 30' }) },
      { name: `${of}: time`, value: rounded(run.ms / 1_000, 2), unit: 's', budget: isSmall ? '< 10' : '< 45' },
      { name: `${of}: processor time`, value: rounded(run.cpuMs / 1_000, 2), unit: 's' },
      { name: `${of}: memory at most`, value: run.rssMb, unit: 'MB', ...(isSmall && { budget: '< 256' }) },
      { name: `${of}: flipped`, value: run.summary.flipped, unit: 'workspaces', budget: '= 0' },
    ],
  ];
}

/** EC2 at 8 s a call: how many runs it takes until nobody waits any more. */
async function slow(world: World): Promise<Figure[]> {
  await world.latency(SLOW_MS);
  let rounds = 0;
  let run: Run;
  do {
    run = await world.run('sweep');
    rounds += 1;
  } while (run.summary.backlog > 0 && rounds < 5);
  return [
    {
      name: `${SMALL}, EC2 at ${SLOW_MS} ms: rounds until all were asked`,
      value: rounds,
      unit: 'rounds',
      budget: '≤ 2',
    },
    {
      name: `${SMALL}, EC2 at ${SLOW_MS} ms: time of the last`,
      value: rounded(run.ms / 1_000, 1),
      unit: 's',
      budget: '< 55',
    },
  ];
}

/** Nothing was heard of anybody for ten minutes, with the schedules running or not; then they come back. */
async function outage(world: World): Promise<Figure[]> {
  await world.latency(0);
  let changed = 0;
  for (const schedules of ['1 minute', '10 minutes']) {
    await world.sql(`UPDATE heartbeats SET last_heartbeat_at = now() - interval '10 minutes',
                     lease_until = now() - interval '7 minutes', lease_seconds = 180`);
    await world.sql(`UPDATE sweep_state SET grace_until = '-infinity', liveness_at = now() - $1::interval`, [
      schedules,
    ]);
    for (const share of [0, 0.3, 0.6, 0.85, 0.97, 1]) {
      await world.sql(
        `UPDATE heartbeats SET last_heartbeat_at = now(), lease_until = now() + interval '3 minutes'
         WHERE hashtext(workspace_id::text) & 1023 < $1::double precision * 1024`,
        [share],
      );
      await world.run('liveness');
      changed += SMALL - ((await statuses(world))['online'] ?? 0);
    }
  }
  await beat(world);
  return [
    {
      name: `${SMALL}: not online at any time of ten minutes of our own outage`,
      value: changed,
      unit: 'workspaces',
      budget: '= 0',
    },
  ];
}

/** EC2 knows none of them, all beat: as from the wrong Region. */
async function absent(world: World): Promise<Figure[]> {
  await world.latency(0);
  await world.control('POST', 'faults', { empty: true });
  let flipped = 0;
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    flipped += (await world.run('sweep')).summary.flipped;
    await world.sql(`UPDATE workspaces SET absent_since = absent_since - interval '3 minutes' WHERE absent_seen > 0`);
    await world.sql(`UPDATE heartbeats SET last_heartbeat_at = now(), lease_until = now() + interval '3 minutes'`);
  }
  await world.control('POST', 'faults', {});
  await world.run('sweep');
  return [
    {
      name: `${SMALL}, all absent, all beating: flipped in four sweeps`,
      value: flipped,
      unit: 'workspaces',
      budget: '= 0',
    },
  ];
}

/** Three of ten are really terminated at once. */
async function dying(world: World): Promise<Figure[]> {
  await world.latency(QUICK_MS);
  const rows = await world.sql(
    `SELECT instance_id FROM workspaces WHERE instance_id IS NOT NULL ORDER BY id LIMIT $1`,
    [SMALL * 0.3],
  );
  await world.terminate(rows.map(({ instance_id }) => String(instance_id)));
  const first = await world.run('sweep');
  const second = await world.run('sweep');
  const { offline = 0 } = await statuses(world);
  return [
    {
      name: `${SMALL}, 30 % terminated: offline after two sweeps`,
      value: offline,
      unit: 'workspaces',
      budget: `= ${SMALL * 0.3}`,
    },
    { name: `${SMALL}, 30 % terminated: offline after the first`, value: first.summary.flipped, unit: 'workspaces' },
    { name: `${SMALL}, 30 % terminated: time of the first`, value: rounded(first.ms / 1_000, 2), unit: 's' },
    { name: `${SMALL}, 30 % terminated: flipped by the second`, value: second.summary.flipped, unit: 'workspaces' },
  ];
}
