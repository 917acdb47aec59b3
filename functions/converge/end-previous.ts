import { standingOf } from '../../lib/domain/converge.ts';
import { CONVERGE_TABLE } from '../../lib/domain/converge-table.ts';
import type { OperationAnswer, OwedOperation, SettlePreviousRow } from '../../lib/domain/operation.ts';
import type { Inquiry } from '../../lib/domain/verdict.ts';
import { judge } from '../../lib/domain/verdict.ts';
import { ALREADY_GONE } from './ask-ec2.ts';
import type { Claim, ConvergePorts } from './ports.ts';

/** Ends the instances that newer ones have superseded; answers how many EC2 shows ended. */
export async function endPrevious(
  { store, operator, policy }: ConvergePorts,
  owed: readonly OwedOperation[],
  answers: ReadonlyMap<string, Inquiry>,
  { lease, actor, requestId }: Claim,
): Promise<number> {
  const rows = owed.flatMap(({ workspaceId, registryId, previousInstanceId, previousAbsentSeconds }) => {
    if (previousInstanceId === null) return [];
    const inquiry = answers.get(previousInstanceId) ?? { kind: 'failed', error: 'not asked' };
    const standing = standingOf(inquiry, 'terminate', previousAbsentSeconds, policy);
    const foreign = inquiry.kind === 'named' && inquiry.observation.registryId !== registryId;
    const action = foreign ? 'forget' : CONVERGE_TABLE.terminate[standing];
    const row: SettlePreviousRow = {
      workspace_id: workspaceId,
      instance_id: previousInstanceId,
      outcome: action === 'forget' ? 'forget' : 'wait',
      absent: inquiry.kind === 'failed' ? null : inquiry.kind === 'not_named',
      evidence: { ...judge(inquiry).evidence, standing, ...(foreign ? { not_ours: true } : {}) },
    };
    return [{ action, row }];
  });
  if (rows.length === 0) return 0;
  const toEnd = rows.filter(({ action }) => action === 'terminate').map(({ row }) => row.instance_id);
  // What is refused or not answered now is asked again: the row keeps the instance until EC2 shows it ended.
  const ended = toEnd.length > 0 ? await operator.operate('terminate', toEnd) : new Map<string, OperationAnswer>();
  await store.settlePrevious({
    lease,
    actor,
    requestId,
    pollSeconds: policy.pollSeconds,
    rows: rows.map(({ row }) => ({ ...row, ...refusalIn(ended.get(row.instance_id), row) })),
  });
  return rows.filter(({ row }) => row.outcome === 'forget').length;
}

/** Already gone counts as ended, once EC2 has not named it for long enough. */
function refusalIn(answer: OperationAnswer | undefined, { evidence }: SettlePreviousRow): Partial<SettlePreviousRow> {
  if (answer?.kind !== 'refused') return {};
  if (answer.awsCode === ALREADY_GONE) return { absent: true };
  return { outcome: 'refused', evidence: { ...evidence, ec2_error: answer.awsCode } };
}
