import * as z from 'zod';
import { VERDICT_OF_STATE, type Verdict } from '../../../lib/domain/verdict.ts';
import type { Answer } from './ec2-fleet.ts';
import type { Case, Phase } from './phase.ts';
import type { Swept } from './sweeping.ts';

const summary = z.object({
  swept: z.literal(true),
  asked: z.int(),
  flipped: z.int(),
  owing_start: z.int(),
  cleared: z.int(),
  verdicts: z.record(z.string(), z.int()),
  complete: z.boolean(),
  backlog: z.int(),
  held: z.int(),
  unlisted: z.array(z.object({ zone: z.string(), end: z.string() })),
});

type Summary = z.infer<typeof summary>;

/** What is wrong with what a run said of itself, and with what it left to the next. */
export function runFaults(phase: Phase, cases: readonly Case[], held: number): string[] {
  const { swept, other, firm, mute, world } = phase;
  const faults: string[] = [];
  const check = (what: string, is: unknown, due: unknown) => {
    if (JSON.stringify(is) !== JSON.stringify(due))
      faults.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(due)}`);
  };
  const isLossless = world.database === 'fine' || world.database === 'slow';
  for (const run of [swept, other]) {
    if (run?.summary === undefined || !isLossless) continue;
    const said = summary.parse(run.summary);
    check('flipped', said.flipped, count(phase, run, 'instance_gone', 'instance_stopped'));
    check('cleared', said.cleared, count(phase, run, 'instance_cleared'));
  }
  const isAlone = firm && !mute && other === undefined && isLossless;
  if (!isAlone) return faults;
  if (swept.summary === undefined) return [...faults, 'the sweep failed, though nothing had'];
  const said = summary.parse(swept.summary);
  check('unlisted zones', said.unlisted.map(({ zone }) => zone).sort(), unlisted(phase, said));
  if (!phase.asked) return faults;
  const asked = cases.filter(({ before }) => before.instance_id !== null);
  check('asked', said.asked, asked.length);
  check('verdicts', said.verdicts, tallied(asked.map(({ answer }) => answer)));
  check('owing a start', said.owing_start, cases.filter(({ due }) => due === 'owes start').length);
  check('held', [said.held, phase.left.held], [held, held]);
  checkBacklog(phase, cases, said, check);
  return faults;
}

const count = ({ events }: Phase, { requestId }: Swept, ...kinds: readonly string[]) =>
  events.filter(({ request_id, event }) => request_id === requestId && kinds.includes(event)).length;

/** Which zones have to be said not to have been listed; what may fail may have failed. */
function unlisted({ world: { ec2, time } }: Phase, said: Summary): readonly string[] {
  if (ec2.fails === 'may' || time === 'a deadline in the middle') return said.unlisted.map(({ zone }) => zone).sort();
  if (ec2.fails === 'always') return ['us-east-1a', 'us-east-1b', 'us-east-1c'];
  return ec2.fails === undefined ? [] : [ec2.fails];
}

function tallied(answers: readonly Answer[]): Record<Verdict, number> {
  const verdicts = { alive: 0, stopped: 0, gone: 0, absent: 0, unknown: 0 };
  for (const { state } of answers) {
    if (state === 'no answer') verdicts.unknown += 1;
    else if (state === 'not named') verdicts.absent += 1;
    else verdicts[VERDICT_OF_STATE[state]] += 1;
  }
  return verdicts;
}

/** Whoever there was no time for is behind the cursor, and first in the next run. */
function checkBacklog(
  { swept: { heard }, from, left }: Phase,
  cases: readonly Case[],
  said: Summary,
  check: (what: string, is: unknown, due: unknown) => void,
): void {
  const isBehind = (id: string) => from.cursor !== null && id <= from.cursor;
  const doubtful = cases
    .filter(({ before }) => heard.has(before.instance_id ?? ''))
    .map(({ member, before }) => ({ id: member.id, inquiry: heard.get(before.instance_id ?? '') }))
    .sort((a, b) => Number(isBehind(a.id)) - Number(isBehind(b.id)) || (a.id < b.id ? -1 : 1));
  const late = doubtful.findIndex(({ inquiry }) => inquiry?.kind === 'failed' && inquiry.error === 'OutOfTime');
  const backlog = late === -1 ? 0 : doubtful.length - late;
  check('backlog', [said.backlog, left.backlog, said.complete], [backlog, backlog, backlog === 0]);
  check('cursor', left.cursor, backlog === 0 ? null : (doubtful[late - 1]?.id ?? from.cursor));
  check('the fence', left.free, true);
}
