import { movesOf } from '../../../lib/domain/status.ts';
import type { World } from './axes.ts';
import type { Answer, Shown } from './ec2-fleet.ts';
import type { Member } from './fleet.ts';
import type { Stand } from './stand.ts';

/** What can come of a sweep for one workspace. absent: it ended for its absence, or lost its instance if it was offline. */
export type Outcome = 'same' | 'gone' | 'stopped' | 'owes start' | 'noted' | 'resumed' | 'cleared' | 'absent';

/** What outweighs an answer of EC2, when it came after the question: a beat, or a change of the row. */
export type Since = 'nothing' | 'a beat' | 'a change';

/** The proof of an absence (design 8): seconds, sweeps, seconds. */
const PROOF = { age: 600, sweeps: 3, missing: 300 } as const;

const NOT_NAMED: Answer = { state: 'not named', byPerson: false };
export const NO_ANSWER: Answer = { state: 'no answer', byPerson: false };

const GONE = movesOf('instance_gone');
const STOPPED = movesOf('instance_stopped');
const STARTED = movesOf('started');

/** Statuses that an absence can end: what could be gone, and what silence has taken offline (design 4 and 8). */
export const isBraked = ({ status, instance_id }: Stand) =>
  instance_id !== null && (GONE[status] !== undefined || status === 'offline');

export const shownOf = (instanceId: string | null, shown: Shown): Answer => shown.get(instanceId ?? '') ?? NOT_NAMED;

/** All that EC2 can have said in this world of a member's instance. @param answer what it shows whoever it answers */
export function sayings({ ec2, time }: World, { kind, zone }: Member, answer: Answer): readonly Answer[] {
  if (ec2.fails === 'always') return [NO_ANSWER];
  const isOut = ec2.fails === zone;
  if (isOut && !kind.nowhere) return [NO_ANSWER];
  // Those of whom no zone is known are asked about together: one in the zone that is out takes the answer from all.
  const mayFail =
    ec2.fails === 'may' || (kind.nowhere && ec2.fails === 'us-east-1b') || time === 'a deadline in the middle';
  return mayFail ? [answer, NO_ANSWER] : [answer];
}

/** Sweeps that have missed it with this one; who has beaten since the first of them begins anew. */
export function nextSeen({ seen, missing, silent }: Stand): number {
  return seen === 0 || missing === null || silent <= missing ? 1 : seen + 1;
}

/** Whether one more absence is the full proof (invariant 12). */
function isProved(stand: Stand, grace: boolean): boolean {
  const counted = nextSeen(stand);
  if (grace || stand.lease > 0 || counted < PROOF.sweeps) return false;
  return stand.age >= PROOF.age && (stand.missing ?? 0) >= PROOF.missing;
}

/** What an answer has to lead to, by the invariants; an absence that is proved is still for the brake to judge. */
export function outcomeOf(stand: Stand, { state, byPerson }: Answer, since: Since, grace: boolean): Outcome {
  if (since === 'a change') return 'same';
  if (since === 'a beat' && state !== 'terminated') return 'same';
  switch (state) {
    case 'no answer':
      return 'same';
    case 'not named':
      return isBraked(stand) && isProved(stand, grace) ? 'absent' : 'same';
    case 'pending':
    case 'running': {
      const canResume = STARTED[stand.status] !== undefined || stand.status === 'provisioning';
      return stand.stopped_by === 'user' && canResume && stand.owes === null ? 'resumed' : 'same';
    }
    case 'stopping':
    case 'stopped':
      if (STOPPED[stand.status] === undefined) return bootOf(stand, byPerson);
      // What EC2 was asked to start it may still show as it was before.
      return stand.settling ? 'same' : 'stopped';
    case 'shutting-down':
      return GONE[stand.status] === undefined ? 'same' : 'gone';
    case 'terminated':
      return GONE[stand.status] === undefined ? 'cleared' : 'gone';
  }
}

/** A boot that is stopped owes a start, but for what a person did, which is noted once (design 8, converge). */
function bootOf({ status, policy, owes, stopped_by }: Stand, byPerson: boolean): Outcome {
  if (status !== 'provisioning' || policy === 'never' || owes !== null) return 'same';
  if (!byPerson) return 'owes start';
  return stopped_by === 'user' ? 'same' : 'noted';
}

/** What a row is after an outcome: what is owed is set, what is gone has nothing more to say, no id is lost but by it. */
export function standAfter(stand: Stand, outcome: Outcome, { byPerson }: Answer) {
  const { status, instance_id, generation, owes, stopped_by, token_version } = stand;
  const same = { status, instance_id, generation, owes, stopped_by, token_version };
  const mends = stand.policy !== 'never';
  const lost = { ...same, instance_id: null, token_version: token_version + 1 };
  switch (outcome) {
    case 'same':
      return same;
    case 'gone':
      return { ...lost, status: GONE[status] ?? status, owes: mends ? 'launch' : null };
    case 'absent':
    case 'cleared':
      if (outcome === 'absent' && status !== 'offline')
        return { ...lost, status: GONE[status] ?? status, owes: mends ? 'launch' : null };
      return {
        ...lost,
        owes: status === 'offline' && mends ? (owes ?? 'launch') : owes,
        // There its tokens are answered 410.
        token_version: status === 'removed' ? token_version : lost.token_version,
      };
    case 'stopped':
      return {
        ...same,
        status: STOPPED[status] ?? status,
        owes: mends && !byPerson ? 'start' : null,
        stopped_by: byPerson ? 'user' : stopped_by,
      };
    case 'owes start':
      return { ...same, owes: 'start' };
    case 'noted':
      return { ...same, stopped_by: 'user' };
    case 'resumed':
      return { ...same, status: STARTED[status] ?? status, stopped_by: null };
  }
}

/** The event that tells of an outcome; null: none does. */
export function eventOf(stand: Stand, outcome: Outcome): string | null {
  switch (outcome) {
    case 'gone':
      return 'instance_gone';
    case 'absent':
      return stand.status === 'offline' ? 'instance_cleared' : 'instance_gone';
    case 'cleared':
      return 'instance_cleared';
    case 'stopped':
      return 'instance_stopped';
    case 'resumed':
      return STARTED[stand.status] === undefined ? null : 'started';
    case 'same':
    case 'owes start':
    case 'noted':
      return null;
  }
}

type Due = { readonly id: string; readonly stand: Stand };

/** Of the absences that are proved those that the brake lets through: the longest first, 2 or a share (design 8). */
export function braked(due: readonly Due[], fleet: readonly Stand[], share: number): ReadonlySet<string> {
  const counted = fleet.filter(isBraked);
  const most = (count: number) => Math.max(2, Math.floor(count * share));
  const allows = (zone: string | null) => most(counted.filter((one) => one.zone === zone).length);
  const passed: Due[] = [];
  for (const one of [...due].sort((a, b) => (b.stand.missing ?? 0) - (a.stand.missing ?? 0))) {
    const ofZone = passed.filter(({ stand }) => stand.zone === one.stand.zone).length;
    if (ofZone < allows(one.stand.zone) && passed.length < most(counted.length)) passed.push(one);
  }
  return new Set(passed.map(({ id }) => id));
}

/** The most sweeps that all these absences need to pass the brake. */
export function roundsOf(due: number): number {
  return Math.ceil(due / 2);
}
