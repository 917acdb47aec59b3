import type { LaunchSpec } from './launch.ts';
import type { Ec2Operation, Status } from './status.ts';
import type { By } from './workspace.ts';

/** What converge can ask of EC2 for an instance that is there; a launch has a way of its own. */
export const INSTANCE_OPERATIONS = ['start', 'stop', 'reboot', 'terminate'] as const;

export type InstanceOperation = (typeof INSTANCE_OPERATIONS)[number];

/**
 * What became of one call for one instance. asked: EC2 agreed. refused: it did nothing, `awsCode` says why.
 * unknown: it did not say.
 */
export type OperationAnswer =
  | { readonly kind: 'asked' }
  | { readonly kind: 'refused'; readonly awsCode: string }
  | { readonly kind: 'unknown'; readonly error: string };

export type InstanceOperator = {
  /**
   * Asks one operation of many instances; one that EC2 refuses keeps none of the others from it.
   * @returns an answer for each id, whatever happened; never throws
   */
  operate(operation: InstanceOperation, instanceIds: readonly string[]): Promise<ReadonlyMap<string, OperationAnswer>>;
};

/** A workspace whose owed operation one converge holds while its lease lasts. */
export type OwedOperation = {
  readonly workspaceId: string;
  readonly name: string;
  readonly registryId: string;
  readonly status: Status;
  readonly generation: number;
  readonly tokenVersion: number;
  /** null: nothing is owed but the end of the previous instance. */
  readonly operation: Ec2Operation | null;
  /** Whether EC2 was, or was about to be, asked for it. */
  readonly asked: boolean;
  /** Whether EC2 agreed to it. */
  readonly agreed: boolean;
  /** Whether the start that is owed is to find the instance stopped, so that what runs is stopped first. */
  readonly powerCycle: boolean;
  /** Whether EC2 was, or was about to be, asked for the stop of this power cycle. */
  readonly stopAsked: boolean;
  readonly attempts: number;
  readonly instanceId: string | null;
  readonly stoppable: boolean;
  readonly launch: LaunchSpec | null;
  /** Seconds since EC2 first did not name the instance any more; null while it does. */
  readonly absentSeconds: number | null;
  /** Seconds since EC2 first showed it stopping; null while it shows something else. */
  readonly stoppingSeconds: number | null;
  /** The superseded instance, when it is time to end it. */
  readonly previousInstanceId: string | null;
  readonly previousAbsentSeconds: number | null;
};

export type ClaimOperationsInput = {
  /** null: all that owe something and whose time has come. */
  readonly workspaceIds: readonly string[] | null;
  readonly lease: string;
  readonly leaseSeconds: number;
  readonly limit: number;
};

/** What an operation is known by: a row that has moved on has another. */
export type OperationKey = {
  readonly workspace_id: string;
  readonly generation: number;
  readonly operation: Ec2Operation;
  readonly instance_id: string | null;
};

export type AskRow = OperationKey & { readonly action: InstanceOperation };

/** `settleSeconds`: how long EC2's answers may lag behind what it is asked for. `leaseSeconds`: as it was claimed. */
export type AskInput = By & {
  readonly lease: string;
  readonly leaseSeconds: number;
  readonly settleSeconds: number;
  readonly rows: readonly AskRow[];
};

/**
 * What a converge leaves of an owed operation. wait: ask again later. asked: EC2 agreed, ask whether it is so. refused
 * and unknown: later, after a backoff. done: EC2 shows it. forget: done, and the instance is no more. drop: given up
 * where the status table knows no failure. hold: a person has stopped the instance, which is not fought.
 */
export const OPERATION_OUTCOMES = ['wait', 'asked', 'refused', 'unknown', 'done', 'forget', 'drop', 'hold'] as const;

export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

export type SettleRow = Omit<OperationKey, 'operation'> & {
  /** null: nothing was due but the previous instance; only the lease is given back. */
  readonly operation: Ec2Operation | null;
  readonly outcome: OperationOutcome;
  /** What was asked of EC2, which may be another thing than what is owed (a start, where a reboot finds it stopped). */
  readonly action: InstanceOperation | 'launch' | null;
  /** Whether EC2 answered and did not name the instance; null when it was not asked or did not answer. */
  readonly absent: boolean | null;
  /** Whether EC2 shows it stopping. */
  readonly stopping: boolean;
  readonly evidence: Readonly<Record<string, unknown>>;
};

export type SettleInput = By & {
  readonly lease: string;
  readonly pollSeconds: number;
  readonly settleSeconds: number;
  readonly rows: readonly SettleRow[];
};

export type SettlePreviousRow = {
  readonly workspace_id: string;
  readonly instance_id: string;
  /** refused: EC2 does not end it, so it is asked far later. */
  readonly outcome: 'wait' | 'refused' | 'forget';
  readonly absent: boolean | null;
  readonly evidence: Readonly<Record<string, unknown>>;
};

export type SettlePreviousInput = By & {
  readonly lease: string;
  readonly pollSeconds: number;
  readonly rows: readonly SettlePreviousRow[];
};

export type SpendBudgetInput = By & { readonly lease: string; readonly rows: readonly OperationKey[] };

export type BeginLaunchInput = {
  readonly workspaceId: string;
  readonly lease: string;
  readonly leaseSeconds: number;
  /** The generation, operation and instance that were claimed: a row that moved on is left alone. */
  readonly generation: number;
  readonly operation: Ec2Operation;
  readonly instanceId: string | null;
  readonly spec: LaunchSpec;
};

/** Asks for what a workspace owes EC2 to be done soon, apart from the caller. */
export type ConvergeRequester = {
  /**
   * @param workspaceId null for all that owe something
   * Never throws: a request that is lost is found by converge's schedule. Failures are logged and counted.
   */
  request(workspaceId: string | null): Promise<void>;
};
