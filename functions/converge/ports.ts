import type { InstanceInquirer } from '../../lib/domain/confirm.ts';
import type { ConvergePolicy } from '../../lib/domain/converge.ts';
import type { createLaunchOwed } from '../../lib/domain/launch-owed.ts';
import type {
  AskInput,
  ClaimOperationsInput,
  ConvergeRequester,
  InstanceOperator,
  OwedOperation,
  SettleInput,
  SettlePreviousInput,
  SpendBudgetInput,
} from '../../lib/domain/operation.ts';
import type { By } from '../../lib/domain/workspace.ts';

export type ConvergePorts = {
  readonly store: {
    claimOperations(input: ClaimOperationsInput): Promise<readonly OwedOperation[]>;
    readDueOperation(key: { id: string }): Promise<{ seconds: number } | undefined>;
    askOperations(input: AskInput): Promise<readonly { id: string }[]>;
    settleOperations(input: SettleInput): Promise<readonly { id: string; again: boolean }[]>;
    settlePrevious(input: SettlePreviousInput): Promise<unknown>;
    spendBudget(input: SpendBudgetInput): Promise<readonly { id: string }[]>;
  };
  readonly ec2: InstanceInquirer;
  readonly operator: InstanceOperator;
  readonly launchOwed: ReturnType<typeof createLaunchOwed>;
  readonly requester: ConvergeRequester;
  readonly policy: ConvergePolicy;
  readonly pause: (ms: number) => Promise<void>;
};

/** One claim of this run: what all its writes are guarded by. */
export type Claim = By & {
  readonly lease: string;
  /** Whether all that owe something were asked for, or one. */
  readonly forAll: boolean;
  readonly timeLeftMs: () => number;
};
