import { type ConfirmResult, createConfirm, inBatches, rowOf } from '../../lib/domain/confirm.ts';
import type { TakenHint } from '../../lib/domain/hint.ts';
import type { Inquiry } from '../../lib/domain/verdict.ts';
import type { By } from '../../lib/domain/workspace.ts';
import type { HintPorts } from './ports.ts';

/** Converge is asked for so many workspaces each by itself; for more of them for all that owe something. */
const FEW = 5;

/** What one round of answers came to. */
export type Answered = Pick<ConfirmResult, 'verdicts' | 'owingStart' | 'cleared'> & {
  readonly flipped: number;
  readonly replaced: number;
  /** Hints that stay noted, since EC2 did not say how their instances stand. */
  readonly unanswered: number;
};

/**
 * Asks EC2 about all the hinted instances together, takes the sweep's path with what it says (but never for an absence),
 * replaces what it is about to terminate, and lets be looked at what it was asked for. Forgets what is answered last, so
 * that a crash on the way loses no hint.
 */
export async function answerHints(ports: HintPorts, hints: readonly TakenHint[], by: By): Promise<Answered> {
  const { store, pollSeconds } = ports;
  const instanceIds = hints.map(({ instanceId }) => instanceId);
  const candidates = await store.findCandidates({ instanceIds });
  let answers: ReadonlyMap<string, Inquiry> = new Map();
  const ec2 = {
    inquire: async (...asked: Parameters<typeof ports.ec2.inquire>) => {
      answers = await ports.ec2.inquire(...asked);
      return answers;
    },
  };
  const confirmed = await createConfirm({ store, ec2 })(candidates, { ...by, fence: null });
  const doomed = new Set(hints.filter((hint) => hint.doomed).map(({ instanceId }) => instanceId));
  const interrupted = confirmed.decisions.flatMap((decision) => {
    const { instanceId } = decision.candidate;
    const inquiry = answers.get(instanceId);
    if (!doomed.has(instanceId) || decision.verdict !== 'alive' || inquiry?.kind !== 'named') return [];
    const { spot, registryId } = inquiry.observation;
    if (!spot || registryId === null) return [];
    const evidence = { ...decision.evidence, lifecycle: 'spot', warning: 'spot-terminate' };
    return [{ ...rowOf(decision), registry_id: registryId, evidence }];
  });
  const replaced = await inBatches(interrupted, (rows) => store.replaceInterrupted({ rows, ...by }));
  const hastened = await inBatches(instanceIds, (ids) =>
    store.hastenOperations({ instanceIds: ids, withinSeconds: pollSeconds }),
  );
  await requestAll(ports, confirmed, [...replaced, ...hastened]);

  const unknown = confirmed.decisions.filter(({ verdict }) => verdict === 'unknown');
  const left = new Set(unknown.map(({ candidate }) => candidate.instanceId));
  const rows = hints
    .filter(({ instanceId, stale }) => stale || !left.has(instanceId))
    .map(({ instanceId, hintedAt }) => ({ instance_id: instanceId, hinted_at: hintedAt }));
  if (rows.length > 0) await store.settleHints({ rows });
  const { verdicts, owingStart, cleared, flipped } = confirmed;
  return {
    verdicts,
    owingStart,
    cleared,
    flipped: flipped.length,
    replaced: replaced.length,
    unanswered: left.size,
  };
}

/** Lets converge hear of what is owed by these, and by those that EC2 showed stopped or gone. */
async function requestAll(
  { converge }: HintPorts,
  { owing, decisions }: ConfirmResult,
  others: readonly { readonly id: string }[],
): Promise<void> {
  const proved = decisions.filter(({ verdict }) => verdict === 'gone' || verdict === 'stopped');
  const concerned = owing ? proved.map(({ candidate }) => candidate.workspaceId) : [];
  const ids = new Set([...concerned, ...others.map(({ id }) => id)]);
  if (ids.size > FEW) await converge.request(null);
  else await Promise.all([...ids].map((id) => converge.request(id)));
}
