import { CONVERGE_POLICY } from '../../lib/domain/converge.ts';
import { ProvisionFailed } from '../../lib/domain/errors.ts';
import type { OwedLaunchOutcome } from '../../lib/domain/launch-owed.ts';
import type { By } from '../../lib/domain/workspace.ts';
import type { Provisioned, ProvisionPorts } from './ports.ts';
import { refusedAs } from './refused-as.ts';

type Held = By & { readonly workspaceId: string; readonly lease: string; readonly generation: number };

/** Writes into the workspace what is known of its launch, and makes of it what the operator is answered. */
export function createAnswer({ store, converge }: ProvisionPorts) {
  /** Gives the lease back; the launch stays owed, and is begun anew where EC2 definitely started nothing. */
  const leave = async ({ workspaceId, lease, generation, ...by }: Held, outcome: 'wait' | 'refused', why: string) => {
    const key = { workspace_id: workspaceId, generation, operation: 'launch', instance_id: null } as const;
    const row = { ...key, outcome, action: 'launch', absent: null, stopping: false, evidence: { error: why } } as const;
    await store.settleOperations({ ...by, lease, pollSeconds: 0, settleSeconds: 0, rows: [row] });
    await converge.request(workspaceId);
  };
  const owing = ({ workspaceId: id, generation }: Held): Provisioned => ({
    ...{ id, status: 'provisioning', instance_id: null, generation },
  });

  /** @throws what a launch that failed means to the caller, with what could not be written beside it */
  return async (outcome: OwedLaunchOutcome, claimed: Held): Promise<Provisioned> => {
    const held = { ...claimed, generation: outcome.generation ?? claimed.generation };
    const { workspaceId: id, generation, actor, requestId } = held;
    const of = { workspaceId: id, generation, actor, requestId };
    switch (outcome.kind) {
      case 'launched':
        return { id, status: outcome.status, instance_id: outcome.instanceId, generation };
      case 'moved_on':
        return owing(held);
      case 'deferred':
        await leave(held, 'wait', 'the fleet launches too fast');
        return owing(held);
      case 'refused': {
        if (outcome.error.refusal === 'throttled') {
          await leave(held, 'refused', outcome.error.awsCode);
          return owing(held);
        }
        const refusal = refusedAs(outcome.error, id);
        await told(refusal, () => store.failLaunch({ ...of, ec2Error: outcome.error.awsCode }));
        throw refusal;
      }
      case 'spent': {
        const failure = failed(id, new Error(`its instance ${outcome.instanceId} is dead already`));
        await told(failure, () => leave(held, 'refused', `spent on ${outcome.instanceId}`));
        throw failure;
      }
      case 'unknown': {
        const { settleSeconds } = CONVERGE_POLICY;
        const failure = failed(id, outcome.error);
        await told(failure, () => store.noteUnknownLaunch({ ...of, error: outcome.error.message, settleSeconds }));
        throw failure;
      }
      case 'not_finalised':
        throw new ProvisionFailed(id, `the teardown of ${outcome.instanceId} was requested`, {
          cause: outcome.error,
          teardown: 'requested',
        });
    }
  };
}

function failed(id: string, cause: Error): ProvisionFailed {
  return new ProvisionFailed(id, `workspace ${id} has no instance: ${cause.message}`, { cause });
}

/** Writes what is known; a history that cannot be written becomes a cause of the failure, and hides nothing of it. */
async function told(failure: Error, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (untold) {
    const cause = new AggregateError([failure, untold], `${failure.message}, and its history could not be written`);
    Object.assign(failure, { cause });
  }
}
