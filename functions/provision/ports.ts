import * as z from 'zod/mini';
import type { CommandAnswer, CommandInput } from '../../lib/domain/command.ts';
import type { IdempotencyStore } from '../../lib/domain/idempotency.ts';
import type { LaunchTemplates } from '../../lib/domain/launch.ts';
import type { createLaunchOwed } from '../../lib/domain/launch-owed.ts';
import type { createLaunchWorkspace } from '../../lib/domain/launch-workspace.ts';
import type {
  ClaimOperationsInput,
  ConvergeRequester,
  OwedOperation,
  SettleInput,
} from '../../lib/domain/operation.ts';
import { STATUSES } from '../../lib/domain/status.ts';
import type { Tokens } from '../../lib/domain/tokens.ts';
import type { FailLaunchInput, NewWorkspace, UnknownLaunchInput, WorkspaceView } from '../../lib/domain/workspace.ts';

export type ProvisionPorts = {
  readonly store: IdempotencyStore & {
    createWorkspace(workspace: NewWorkspace): Promise<{ registryId: string }>;
    readWorkspace(key: { id: string }): Promise<WorkspaceView | undefined>;
    commandWorkspace(input: CommandInput): Promise<CommandAnswer | undefined>;
    claimOperations(input: ClaimOperationsInput): Promise<readonly OwedOperation[]>;
    settleOperations(input: SettleInput): Promise<unknown>;
    failLaunch(input: FailLaunchInput): Promise<unknown>;
    noteUnknownLaunch(input: UnknownLaunchInput): Promise<unknown>;
  };
  readonly tokens: Pick<Tokens, 'sign'>;
  readonly templates: LaunchTemplates;
  readonly launchWorkspace: ReturnType<typeof createLaunchWorkspace>;
  readonly launchOwed: ReturnType<typeof createLaunchOwed>;
  readonly converge: ConvergeRequester;
  readonly settings: { readonly launchTemplateId: string; readonly subnetIds: readonly string[] };
  /** Tells an operator of what went wrong beside the answer. */
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
};

/** What POST /workspaces answers; `instance_id` is null where the launch is owed, and converge does it. */
export const provisioned = z.object({
  id: z.uuid(),
  status: z.enum(STATUSES),
  instance_id: z.nullable(z.string()),
  generation: z.int(),
});

export type Provisioned = z.infer<typeof provisioned>;
