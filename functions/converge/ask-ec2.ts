import type { InstanceOperation, OperationAnswer, SettleRow } from '../../lib/domain/operation.ts';
import { type Decided, keyOf } from './decided.ts';
import type { Claim, ConvergePorts } from './ports.ts';

/** EC2's words for an instance that it does not know: nothing is left that could be ended. */
export const ALREADY_GONE = 'InvalidInstanceID.NotFound';

/**
 * Asks one operation of the instances of many workspaces. That it will be asked is written before, so that a process
 * which is killed in the middle leaves a row that says so; what has moved on by then is not asked for.
 */
export async function askEc2(
  { store, operator, policy }: ConvergePorts,
  action: InstanceOperation,
  decided: readonly Decided[],
  { lease, actor, requestId }: Claim,
): Promise<SettleRow[]> {
  const named = decided.flatMap(({ row }) =>
    row.instance_id === null ? [] : [{ ...row, instanceId: row.instance_id }],
  );
  if (named.length === 0) return [];
  const rows = named.flatMap((row) => keyOf(row).map((key) => ({ ...key, action })));
  const { leaseSeconds, settleSeconds } = policy;
  const noted = await store.askOperations({ lease, leaseSeconds, settleSeconds, actor, requestId, rows });
  const held = new Set(noted.map(({ id }) => id));
  const asked = named.filter(({ workspace_id }) => held.has(workspace_id)).map(({ instanceId }) => instanceId);
  const answers = await operator.operate(action, asked);
  return named.map(({ instanceId, ...row }) => ({
    ...row,
    // From the asking on it is a start that is owed, where a reboot found the instance stopped.
    operation: action === 'start' && held.has(row.workspace_id) ? 'start' : row.operation,
    action,
    ...told(held.has(row.workspace_id) ? answers.get(instanceId) : undefined, row),
  }));
}

function told(answer: OperationAnswer | undefined, row: SettleRow): Pick<SettleRow, 'outcome' | 'evidence' | 'absent'> {
  const { evidence, absent } = row;
  switch (answer?.kind) {
    case 'asked':
      return { outcome: 'asked', evidence, absent };
    case 'refused':
      return answer.awsCode === ALREADY_GONE
        ? { outcome: 'wait', evidence, absent: true }
        : { outcome: 'refused', evidence: { ...evidence, ec2_error: answer.awsCode }, absent };
    case 'unknown':
      return { outcome: 'unknown', evidence: { ...evidence, error: answer.error }, absent };
    case undefined:
      return { outcome: 'wait', evidence, absent };
  }
}
