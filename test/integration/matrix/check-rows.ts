import type { Answer } from './ec2-fleet.ts';
import { eventOf, isBraked, nextSeen, type Outcome, sayings, shownOf, standAfter } from './oracle.ts';
import { type Case, type Phase, sinceOf } from './phase.ts';
import type { Stand, Told } from './stand.ts';

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** What is wrong with one member after a phase: nothing, or why. */
export function faultsOf(phase: Phase, one: Case): string[] {
  const faults: string[] = [];
  const { member, before, answer, allowed } = one;
  const said = sayings(phase.world, member, shownOf(before.instance_id, phase.shown));
  if (before.instance_id !== null && phase.asked && !said.some((saying) => isEqual(saying, answer))) {
    faults.push(`EC2 was heard to say "${answer.state}", and could say ${said.map(({ state }) => `"${state}"`)}`);
  }
  const is = allowed.find((may) => hasCome(one, may));
  if (is === undefined) {
    const had = one.told.map(({ event, reason, to_status }) => `${event} (${reason}) to ${to_status}`);
    faults.push(
      `after "${answer.state}" it may be ${allowed.map(({ outcome }) => outcome).join(' or ')}, from ` +
        `${stateOf(one.late)}; it is ${stateOf(one.after)}, and was told: ${had.join(', ') || 'nothing'}`,
    );
  }
  if (is !== undefined && phase.asked && phase.firm && phase.other === undefined && !phase.mute)
    faults.push(...missedFaults(one, is.outcome));
  if (phase.fenced === 'all' && one.after.seen !== one.base.seen) {
    faults.push(`${one.after.seen} absences are counted, not ${one.base.seen}, by a sweep that had lost its fence`);
  }
  return faults.map((fault) => `${member.kind.name}, in ${member.zone} (${before.status}): ${fault}`);
}

const stateOf = ({ status, instance_id, owes, stopped_by, token_version, generation }: Stand) =>
  JSON.stringify({ status, instance: instance_id !== null, owes, stopped_by, token_version, generation });

/** Whether this outcome, and nothing else, is what the row and its events say. */
function hasCome({ late, after, told }: Case, { outcome, answer }: { outcome: Outcome; answer: Answer }): boolean {
  const expected = standAfter(late, outcome, answer);
  const { status, instance_id, generation, owes, stopped_by, token_version } = after;
  if (!isEqual(expected, { status, instance_id, generation, owes, stopped_by, token_version })) return false;
  if (outcome !== 'same' && (owes === 'launch' || owes === 'start') && !after.owes_when) return false;
  const event = eventOf(late, outcome);
  // What another sweep had told before its absence was to be ended.
  if (event === null) return told.length === 0 || late.instance_id === null;
  const [only, ...more] = told;
  return only !== undefined && more.length === 0 && only.event === event && isArgued(late, only, outcome, answer);
}

/** Whether an event names what it rests on. */
function isArgued(stand: Stand, told: Told, outcome: Outcome, { state }: Answer): boolean {
  const { evidence, at, from_status, owes, instance_id } = told;
  const moment = (key: string) => Date.parse(String(evidence[key]));
  const isOrNone = (key: string, atMost: number) => evidence[key] === null || moment(key) <= atMost;
  if (instance_id !== stand.instance_id || !(moment('asked_at') <= Date.parse(at))) return false;
  if (told.event !== 'instance_cleared') {
    if (from_status !== stand.status || (evidence['instance_id'] ?? instance_id) !== instance_id) return false;
    if (outcome !== 'resumed' && owes !== (stand.policy === 'never' ? null : told.owes)) return false;
  }
  if (outcome !== 'absent') {
    const isUnheard =
      outcome === 'resumed' || state === 'terminated' || isOrNone('last_heartbeat_at', moment('asked_at'));
    return evidence['ec2_state'] === state && told.reason === `instance_${state.replace('-', '_')}` && isUnheard;
  }
  if (told.reason !== 'absent' || evidence['ec2_answer'] !== 'not_named' || evidence['brake'] === undefined)
    return false;
  if (told.event === 'instance_cleared') return true;
  const isLong = moment('absent_since') + 300_000 <= Date.parse(at);
  return Number(evidence['sweeps']) >= 3 && isLong && isOrNone('lease_until', Date.parse(at));
}

/** Whether its absences are counted as they should be: once a sweep, and forgotten at the first sign of it. */
function missedFaults({ member, before, base, after, answer }: Case, outcome: Outcome): string[] {
  if (outcome !== 'same' || member.kind.late !== undefined || before.instance_id === null) return [];
  const isMoved = sinceOf(before, base) === 'a change';
  const counts = answer.state === 'not named' && isBraked(base);
  const keeps = isMoved || answer.state === 'no answer' || answer.state === 'not named';
  const expected = !isMoved && counts ? nextSeen(base) : keeps ? base.seen : 0;
  return after.seen === expected
    ? []
    : [`${after.seen} absences are counted, not ${expected}, after "${answer.state}"`];
}
