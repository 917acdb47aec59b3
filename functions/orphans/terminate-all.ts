import { batchesOf } from '../../lib/domain/batches.ts';
import type { InstanceOperator, OperationAnswer } from '../../lib/domain/operation.ts';
import type { OrphanDecision } from '../../lib/domain/orphan.ts';
import type { AnsweredOrphan, OrphanStore } from '../../lib/domain/orphan-store.ts';
import type { Run } from './run.ts';

type Ports = {
  readonly store: Pick<OrphanStore, 'askTerminations' | 'noteOrphans'>;
  readonly operator: InstanceOperator;
};

/** Ids that EC2 is asked to end, and that are written, together: a crash leaves no more of them untold. */
const AT_ONCE = 100;

/** EC2's words for an instance that it does not know: nothing is left to end. */
const ALREADY_GONE = 'InvalidInstanceID.NotFound';

/**
 * Ends what is proved to be superseded. That EC2 will be asked is written before, its answer after: the history never
 * tells of an end that EC2 was not asked for, and what a crash leaves between the two the next run tells, once EC2
 * lists the instance no more.
 * @returns how many EC2 agreed to end, or knows no longer, and how many it refused to end; one of which it did not say
 * is neither, and is asked for again by the next run
 */
export async function terminateAll(
  { store, operator }: Ports,
  decisions: readonly OrphanDecision[],
  { run, actor, requestId, timeLeftMs }: Run,
): Promise<{ terminated: number; refused: number }> {
  const counts = { terminated: 0, refused: 0 };
  const ids = decisions.map(({ instance }) => instance.instanceId);
  for (const instanceIds of batchesOf(ids, AT_ONCE)) {
    if (timeLeftMs() <= 0) break;
    const asked = (await store.askTerminations({ run, instanceIds })).map(({ instanceId }) => instanceId);
    if (asked.length === 0) continue;
    const answers = await operator.operate('terminate', asked);
    const rows = asked.flatMap((id) => answered(id, answers.get(id)));
    if (rows.length > 0) await store.noteOrphans({ rows, actor, requestId });
    const terminated = rows.filter(({ ended }) => ended).length;
    counts.terminated += terminated;
    counts.refused += rows.length - terminated;
  }
  return counts;
}

function answered(instanceId: string, answer: OperationAnswer | undefined): AnsweredOrphan[] {
  switch (answer?.kind) {
    case 'asked':
      return [{ instance_id: instanceId, ended: true, answer: 'agreed' }];
    case 'refused':
      return [{ instance_id: instanceId, ended: answer.awsCode === ALREADY_GONE, answer: answer.awsCode }];
    case 'unknown':
    case undefined:
      return [];
  }
}
