import { sql } from '../../support/sql.ts';
import { forgetEarlierSweeps } from '../../support/sweep.ts';
import { worker } from '../../support/worker-servers.ts';
import { shareOf, type World } from './axes.ts';
import { faultsOf } from './check-rows.ts';
import { runFaults } from './check-run.ts';
import { type Answer, hideAll, readShown, type Shown, showAll } from './ec2-fleet.ts';
import { faultyPhase } from './faulty-phase.ts';
import { beat, type Member, makeFleet } from './fleet.ts';
import { setGrace } from './grace.ts';
import { isBraked, outcomeOf, roundsOf, shownOf } from './oracle.ts';
import { casesOf, type Phase } from './phase.ts';
import { eventsAfter, type Stand, standsOf, sweepState, type Told } from './stand.ts';
import type { useSweeps } from './sweeping.ts';

type Sweeps = ReturnType<typeof useSweeps>;

/** Gone and stopped are found by so many sweeps (design 12). */
const SOON = 2;
/** Sweeps without an instance that are a proof, once the time is long enough. */
const CYCLES = 3;

/** One world from its beginning to the time when all is as it should be; answers what was wrong on the way. */
export async function liveThrough(world: World, sweeps: Sweeps): Promise<readonly string[]> {
  const faults: string[] = [];
  const say = (when: string, found: readonly string[]) => faults.push(...found.map((fault) => `${when}: ${fault}`));
  await worker.ec2.reset();
  await forgetEarlierSweeps();
  await setGrace(world.grace === 'before');
  const members = await makeFleet(world.seed);
  const [first] = await sql('SELECT COALESCE(max(id), 0) AS id FROM workspace_events');
  const since = Number(first?.['id']);
  const history: Told[] = [];
  const check = (when: string, phase: Phase) => {
    const { cases, held } = casesOf(phase);
    say(when, [...cases.flatMap((one) => faultsOf(phase, one)), ...runFaults(phase, cases, held)]);
    history.push(...phase.events);
  };

  const faulty = await faultyPhase(world, members, since, sweeps);
  check('in the fault', faulty);
  await setGrace(false);
  let newest = Math.max(since, ...history.map(({ seq }) => seq));
  if (!faulty.left.free) say('after it', await standsBack(sweeps));

  /** Every fault is over; what may be owed to an earlier one is the oracle's affair. */
  const cleanPhase = async (shown: Shown): Promise<Phase> => {
    await beat(members.filter(({ kind }) => kind.voice === 'beats'));
    const [before, from] = await Promise.all([standsOf(members), sweepState()]);
    const swept = await sweeps.sweep({ share: shareOf(world) });
    const looks = [standsOf(members), eventsAfter(members, newest), sweepState()] as const;
    const [after, events, left] = await Promise.all(looks);
    newest = Math.max(newest, ...events.map(({ seq }) => seq));
    const common = {
      world: { ...CLEAN, seed: world.seed },
      members,
      before,
      base: before,
      late: new Map<string, Stand>(),
      after,
      events,
      shown,
    };
    return { ...common, swept, other: undefined, fenced: undefined, asked: true, from, left, firm: true, mute: false };
  };

  if (world.ec2.vanishes) {
    const alive = members.filter(({ kind }) => kind.real === 'running' && kind.voice === 'silent');
    await hideAll(alive.map(({ instanceId }) => instanceId));
    const again = await cleanPhase(await readShown());
    check('hidden again', again);
    const ended = again.events.filter(({ workspace_id }) => alive.some(({ id }) => id === workspace_id));
    if (faulty.firm && !faulty.mute && ended.length > 0)
      say('hidden again', ['one that EC2 had named between was ended']);
    await showAll();
  }
  const shown = await readShown();
  const isSwept = async (when: string) => {
    const phase = await cleanPhase(shown);
    check(when, phase);
    return leftOver(members, phase);
  };
  let left = await isSwept('clean sweep 1');
  for (let sweep = 2; sweep <= SOON; sweep += 1) left = await isSwept(`clean sweep ${sweep}`);
  say(`after ${SOON} clean sweeps`, left.soon);

  const most = CYCLES + roundsOf(left.absent.length);
  for (let sweep = 1; sweep <= most && left.absent.length > 0; sweep += 1) {
    await letTimePass(members);
    left = await isSwept(`later sweep ${sweep}`);
  }
  say(`after ${most} more sweeps`, left.absent);
  say('in the whole history', historyFaults(members, history));
  return faults;
}

const CLEAN = { ec2: { name: 'fine' }, database: 'fine', time: 'normal' } as const;

/** A killed sweep keeps others out until its time is over, and then no longer. */
async function standsBack({ sweep }: Sweeps): Promise<string[]> {
  const { summary } = await sweep({ share: 1 });
  await sql(`UPDATE sweep_state SET fence_until = now() - interval '1 second'`);
  return summary?.['swept'] === false ? [] : ['a sweep began though the one before had not given its fence back'];
}

/** Who has not been found yet, of what EC2 names and of what it does not. */
function leftOver(members: readonly Member[], { after, shown }: Phase) {
  const of = (isLate: (stand: Stand, answer: Answer) => boolean) =>
    members.flatMap(({ id, kind, zone }) => {
      const stand = after.get(id);
      const answer = shownOf(stand?.instance_id ?? null, shown);
      if (stand === undefined || stand.instance_id === null || !isLate(stand, answer)) return [];
      return [`${kind.name}, in ${zone}: still ${stand.status}, though its instance is ${answer.state}`];
    });
  return {
    soon: of((stand, answer) => answer.state !== 'not named' && outcomeOf(stand, answer, 'nothing', false) !== 'same'),
    absent: of((stand, { state }) => state === 'not named' && isBraked(stand) && stand.age >= 600 && stand.lease <= 0),
  };
}

/** Whatever happened: nobody who beats and lives was ever anything but online, and nobody was ended twice. */
function historyFaults(members: readonly Member[], history: readonly Told[]): string[] {
  const of = Map.groupBy(history, ({ workspace_id }) => workspace_id);
  return members.flatMap(({ id, kind }) => {
    const told = of.get(id) ?? [];
    const isSafe = kind.voice === 'beats' && kind.real === 'running';
    const left = isSafe && told.some(({ from_status }) => from_status === 'online');
    const twice = told.filter(({ actor }) => actor === 'sweep').length > 1;
    return [
      ...(left ? [`${kind.name}: it left online`] : []),
      ...(twice ? [`${kind.name}: it was moved twice: ${told.map(({ event }) => event)}`] : []),
    ];
  });
}

/** More than the duration of a proof, and than a lease, for all but those that beat; for nobody as long as for another. */
const letTimePass = (members: readonly Member[]) =>
  sql(
    `WITH m AS (
       SELECT id::uuid, at FROM jsonb_array_elements_text(:ids::jsonb) WITH ORDINALITY AS listed (id, at)
     ), heard AS (
       UPDATE heartbeats h SET last_heartbeat_at = last_heartbeat_at - interval '400 seconds',
         lease_until = lease_until - interval '400 seconds'
       FROM m WHERE h.workspace_id = m.id
     )
     UPDATE workspaces w SET absent_since = absent_since - make_interval(secs => 400 + m.at) FROM m WHERE w.id = m.id`,
    { ids: JSON.stringify(members.filter(({ kind }) => kind.voice !== 'beats').map(({ id }) => id)) },
  );
