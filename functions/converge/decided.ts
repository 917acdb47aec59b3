import type { Decision } from '../../lib/domain/converge.ts';
import type { OperationKey, OwedOperation, SettleRow } from '../../lib/domain/operation.ts';

/** A claimed workspace with what was decided for it, and the row that it leaves should nothing else come of it. */
export type Decided = {
  readonly owed: OwedOperation;
  readonly decision: Decision;
  readonly row: SettleRow;
};

/** What a claimed operation is known by; nothing for a row of which only the previous instance was due. */
export function keyOf({ workspace_id, generation, operation, instance_id }: SettleRow): OperationKey[] {
  return operation === null ? [] : [{ workspace_id, generation, operation, instance_id }];
}
