import type { FaultSettings } from '../../../infra/local/data-api/faults.ts';
import { ec2Faults } from '../../support/ec2.ts';
import { sql } from '../../support/sql.ts';
import { shareOf, type World } from './axes.ts';
import { change } from './changes.ts';
import { hideAll, readShown, type Shown } from './ec2-fleet.ts';
import { beat, type Member } from './fleet.ts';
import { setGrace } from './grace.ts';
import type { Phase } from './phase.ts';
import { eventsAfter, type Stands, standsOf, sweepState } from './stand.ts';
import type { Swept, useSweeps } from './sweeping.ts';

type Sweeps = ReturnType<typeof useSweeps>;

/** Long enough for a part of the calls only, each being slower by a sixth of it. */
const DEADLINE = { budgetMs: 160, delayMs: 25 } as const;

/** After which of its statements a sweep dies, from world to world. */
const LAST_WORDS = ['flipInstances', 'noteAbsences', 'clearDeadInstances', 'flipAbsent', 'advanceSweep'] as const;

/** Of which statement the answer is lost: a part of its text that no other has. */
const LOST = [`'event', c.event`, 'WHEN m.counted THEN', `'sweeps', w.absent_seen`] as const;

const of = <T>(list: readonly [T, ...T[]], seed: number): T => list[seed % list.length] ?? list[0];

/** Every other answer is lost for all tries of its call. */
const losesAll = ({ seed }: World) => seed % 4 === 3;

/** What came about while it ran. */
type Seen = {
  asked: boolean;
  base: Stands;
  late: Stands;
  other: Promise<Swept> | undefined;
  fenced: Phase['fenced'];
};

/** The one sweep, or two, to which everything happens. */
export async function faultyPhase(
  world: World,
  members: readonly Member[],
  since: number,
  { sweep, databaseFaults }: Sweeps,
): Promise<Phase> {
  const { database, time, seed } = world;
  const ends = time === 'a deadline in the middle';
  const shown = await showing(world, members);
  await beat(members.filter(({ kind }) => kind.voice === 'beats'));
  const [before, from] = [await standsOf(members), await sweepState()];
  const seen: Seen = { asked: false, base: before, late: new Map(), other: undefined, fenced: undefined };
  const share = shareOf(world);
  const takesOver = seed % 4 < 2 ? 'all' : 'absences';
  /** What is written from now on is the other's: the first has lost its fence, or is about to. */
  const takeOver = async () => {
    const second = await sweep({ share });
    if (second.summary?.['swept'] !== false) throw new Error('a second sweep began beside the first');
    await sql(`UPDATE sweep_state SET fence_until = now() - interval '1 second'`);
    if (seed % 2 === 0) {
      // One that has no time to write anything leaves it to be seen what the first still writes.
      await sweep({ share, budgetMs: 0 });
      seen.fenced = takesOver;
    } else seen.other = sweep(circumstances(world));
  };

  const meanwhile = async () => {
    if (seen.asked) return;
    seen.asked = true;
    await change(members, 'meanwhile', before);
    seen.base = await standsOf(members);
    if (time === 'two sweeps at once' && takesOver === 'all') await takeOver();
    if (database === 'down between look-up and write') await databaseFaults({ unavailable: true });
  };
  const beforeTheEnd = async () => {
    const changing = members.filter(({ kind }) => kind.late !== undefined);
    if (seen.late.size > 0) return;
    await change(changing, 'late', await standsOf(changing));
    seen.late = await standsOf(changing);
    if (world.grace === 'late') await setGrace(true);
    if (time === 'two sweeps at once' && takesOver === 'absences') await takeOver();
  };

  await ec2Faults(faultsOf(world));
  await databaseFaults(databaseFaultsOf(world));
  const swept = await sweep({
    ...circumstances(world),
    meanwhile,
    late: beforeTheEnd,
    diesAfter: time === 'a crash after a write' ? of(LAST_WORDS, seed) : undefined,
  });
  const other = await seen.other;
  await ec2Faults({});
  await databaseFaults({});
  const [after, events, left] = [await standsOf(members), await eventsAfter(members, since), await sweepState()];
  const mayLack = losesAll(world) && database === 'losing answers after the commit';
  const firm = (time === 'normal' || ends) && !mayLack;
  const mute = database === 'down between look-up and write' && seen.asked;
  return { world, members, before, after, events, shown, swept, from, left, firm, mute, ...seen, other };
}

/** Hides what this world does not show, and answers what it shows whoever it answers. */
async function showing({ ec2: { shows } }: World, members: readonly Member[]): Promise<Shown> {
  if (shows === 'nothing') return new Map();
  if (shows === 'no young ones') {
    await hideAll(
      members.flatMap(({ kind, instanceId }) =>
        kind.lately === 'launched' && kind.real !== 'none' ? [instanceId] : [],
      ),
    );
  }
  if (shows === 'the past') await ec2Faults({ staleMs: PAST_MS });
  return readShown();
}

/** Before anything happened in this world. */
const PAST_MS = 60_000;

const circumstances = (world: World) => {
  const { ec2, time } = world;
  const ends = time === 'a deadline in the middle';
  return {
    share: shareOf(world),
    budgetMs: ends ? DEADLINE.budgetMs : ec2.budgetMs,
    atOnce: ends ? 1 : ec2.budgetMs === undefined ? 10 : 2,
    pageSize: ec2.pageSize,
    region: ec2.region,
  };
};

function faultsOf({ ec2, time, seed }: World): Record<string, unknown> {
  const { errors = [], ...faults }: { errors?: readonly unknown[] } = ec2.faults?.(seed) ?? {};
  const slow = { action: 'DescribeInstances', delay: true, latencyMs: DEADLINE.delayMs };
  return { ...faults, errors: time === 'a deadline in the middle' ? [...errors, slow] : errors };
}

function databaseFaultsOf(world: World): FaultSettings {
  switch (world.database) {
    case 'fine':
    case 'down between look-up and write':
      return {};
    case 'slow':
      return { latencyMs: 20 };
    case 'losing answers after the commit':
      return { loseAnswer: { times: losesAll(world) ? 3 : 1, matching: of(LOST, world.seed) } };
  }
}
