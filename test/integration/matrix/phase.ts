import { shareOf, type World } from './axes.ts';
import type { Answer, Shown } from './ec2-fleet.ts';
import type { Member } from './fleet.ts';
import { braked, NO_ANSWER, type Outcome, outcomeOf, type Since, shownOf } from './oracle.ts';
import type { Stand, Stands, sweepState, Told } from './stand.ts';
import type { Swept } from './sweeping.ts';

type SweepState = Awaited<ReturnType<typeof sweepState>>;

/** One sweep, or two at once, and all that was seen of them. */
export type Phase = {
  readonly world: World;
  readonly members: readonly Member[];
  /** Before it began, when EC2 had answered and other things had happened, and just before an absence was ended. */
  readonly before: Stands;
  readonly base: Stands;
  readonly late: Stands;
  readonly after: Stands;
  readonly events: readonly Told[];
  /** What EC2 shows whoever it answers. */
  readonly shown: Shown;
  readonly swept: Swept;
  /** A second sweep that took its fence over while it was running. */
  readonly other: Swept | undefined;
  /** What it must not write any more, since it has lost its fence to one that wrote nothing. */
  readonly fenced: 'all' | 'absences' | undefined;
  /** Whether it came to ask by id at all. */
  readonly asked: boolean;
  /** How the sweeps before left it, and how it was left to the next. */
  readonly from: SweepState;
  readonly left: SweepState;
  /** All that was proved has to be written; else it may be lacking. */
  readonly firm: boolean;
  /** Nothing could be written. */
  readonly mute: boolean;
};

/** What is known of one member after a phase. */
export type Case = {
  readonly member: Member;
  readonly before: Stand;
  readonly base: Stand;
  readonly late: Stand;
  readonly after: Stand;
  readonly answer: Answer;
  /** What has to come of the answer, and what else may. */
  readonly due: Outcome;
  readonly allowed: readonly { readonly outcome: Outcome; readonly answer: Answer }[];
  readonly told: readonly Told[];
};

const BY_PERSON = 'Client.UserInitiatedShutdown';

/** What a sweep heard of an instance by its id; undefined: it had no need to ask. */
function heardOf({ heard }: Swept, instanceId: string | null): Answer | undefined {
  const inquiry = heard.get(instanceId ?? '');
  switch (inquiry?.kind) {
    case undefined:
      return undefined;
    case 'failed':
      return NO_ANSWER;
    case 'not_named':
      return { state: 'not named', byPerson: false };
    case 'named':
      return { state: inquiry.observation.state, byPerson: inquiry.observation.reasonCode === BY_PERSON };
  }
}

/** What has come between two looks at a row. */
export function sinceOf(before: Stand, later: Stand): Since {
  const isSame = (key: 'status_since' | 'instance_id' | 'generation') => before[key] === later[key];
  if (!isSame('status_since') || !isSame('instance_id') || !isSame('generation')) return 'a change';
  return before.beat_at === later.beat_at ? 'nothing' : 'a beat';
}

const standIn = (stands: Stands, { id, kind }: Member): Stand => {
  const stand = stands.get(id);
  if (stand === undefined) throw new Error(`the row of ${kind.name} is lost`);
  return stand;
};

/** Each member's case, and how many absences the brake had to hold. */
export function casesOf(phase: Phase): { readonly cases: readonly Case[]; readonly held: number } {
  const { world, members, swept, other, asked, firm, mute, shown } = phase;
  const grace = world.grace === 'before';
  const seen = members.map((member) => {
    const before = standIn(phase.before, member);
    const base = standIn(phase.base, member);
    const answer = heardOf(swept, before.instance_id) ?? (asked ? shownOf(before.instance_id, shown) : NO_ANSWER);
    const due = before.instance_id === null ? 'same' : outcomeOf(base, answer, sinceOf(before, base), grace);
    return { member, before, base, answer, due };
  });
  const absent = seen.filter(({ due }) => due === 'absent').map(({ member, base }) => ({ id: member.id, stand: base }));
  const passed = braked(absent, [...phase.before.values()], shareOf(world));

  const cases = seen.map(({ due: first, ...one }): Case => {
    const { member, before, base, answer } = one;
    const late = phase.late.get(member.id) ?? base;
    const isPassed = passed.has(member.id) && sinceOf(base, late) === 'nothing';
    const isFree = isPassed && world.grace === undefined && phase.fenced === undefined;
    const due = phase.fenced === 'all' || (first === 'absent' && !isFree) ? 'same' : first;
    const allowed: { outcome: Outcome; answer: Answer }[] = mute ? [] : [{ outcome: due, answer }];
    if (!firm || mute) allowed.push({ outcome: 'same', answer });
    if (other !== undefined && late.instance_id !== null) {
      // It read the rows after all that had happened meanwhile, and what it did not ask for was listed alive.
      const second = heardOf(other, late.instance_id) ?? { state: 'running', byPerson: false };
      allowed.push({ outcome: outcomeOf(late, second, 'nothing', grace), answer: second });
      // It may count on from what the first had counted.
      allowed.push({ outcome: outcomeOf({ ...late, seen: late.seen + 1 }, second, 'nothing', grace), answer: second });
    }
    const told = phase.events.filter(({ workspace_id, actor }) => workspace_id === member.id && actor === 'sweep');
    return { ...one, before, late, after: standIn(phase.after, member), due, allowed, told };
  });
  return { cases, held: absent.length - passed.size };
}
