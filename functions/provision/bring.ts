import { createHash, randomUUID } from 'node:crypto';
import { ProvisionFailed, WorkspaceRemoved } from '../../lib/domain/errors.ts';
import type { LaunchSpec } from '../../lib/domain/launch.ts';
import { LaunchRefused } from '../../lib/domain/launch.ts';
import type { OwedOperation } from '../../lib/domain/operation.ts';
import type { By } from '../../lib/domain/workspace.ts';
import { createAnswer } from './answer.ts';
import type { Provisioned, ProvisionPorts } from './ports.ts';
import { refusedAs } from './refused-as.ts';
import type { ProvisionRequest } from './schema.ts';

/** Longer than the function may run: nobody else launches while this one can. */
const LEASE_SECONDS = 30;

/** Milliseconds to wait for one of the fleet's launches; converge has more patience. */
const PATIENCE_MS = 2_000;

/**
 * Brings a workspace to be: its row first, then its instance, then both are joined. An external one has only a row. What
 * an earlier call has begun is brought to its end.
 */
export function createBring(ports: ProvisionPorts) {
  const { store, templates, launchWorkspace, launchOwed } = ports;
  const answered = createAnswer(ports);

  /** A template that does not exist is found before anything is written. */
  const frozen = async (spec: LaunchSpec): Promise<LaunchSpec> => {
    try {
      return await templates.freeze(spec);
    } catch (error) {
      if (error instanceof LaunchRefused) throw refusedAs(error, null);
      throw new ProvisionFailed(null, 'the launch template could not be read', { cause: error });
    }
  };

  const begin = async (id: string, body: ProvisionRequest, by: By): Promise<Provisioned> => {
    const launch = body.external ? null : await frozen(launchSpec(id, body, ports.settings));
    const lease = randomUUID();
    const { registryId } = await store.createWorkspace({
      id,
      name: body.name,
      runtime: body.runtime,
      launch,
      labels: body.labels,
      restartPolicy: body.restart_policy ?? (body.external ? 'never' : 'on_instance_loss'),
      bootTimeoutSeconds: body.boot_timeout_seconds,
      idleMinutes: body.idle_minutes ?? null,
      declaration: body.declaration ?? null,
      lease,
      leaseSeconds: LEASE_SECONDS,
      ...by,
    });
    if (launch === null) return { id, status: 'provisioning', instance_id: null, generation: 1 };
    const outcome = await launchWorkspace(
      { registryId, workspaceId: id, generation: 1, tokenVersion: 1, name: body.name, spec: launch, resumed: false },
      { ...by, fail: true, patienceMs: PATIENCE_MS },
    );
    return answered({ ...outcome, generation: 1 }, { workspaceId: id, lease, generation: 1, ...by });
  };

  /** An operator has ordered something else meanwhile: converge does that. */
  const giveBack = async (owed: OwedOperation, by: By & { readonly lease: string }) => {
    const { workspaceId: workspace_id, generation, operation, instanceId: instance_id } = owed;
    const nothing = { outcome: 'wait', action: null, absent: null, stopping: false, evidence: {} } as const;
    const rows = [{ workspace_id, generation, operation, instance_id, ...nothing }];
    await store.settleOperations({ ...by, pollSeconds: 0, settleSeconds: 0, rows });
    await ports.converge.request(workspace_id);
  };

  const resume = async (id: string, body: ProvisionRequest, by: By): Promise<Provisioned> => {
    const row = await store.readWorkspace({ id });
    if (row === undefined) return begin(id, body, by);
    const { instance_id, generation } = row;
    let { status } = row;
    if (status === 'removed') throw new WorkspaceRemoved(`workspace ${id} was removed`);
    if (status === 'failed') {
      const answer = await store.commandWorkspace({ workspaceId: id, command: 'restart', replace: false, ...by });
      status = answer?.status ?? status;
    } else if (body.external || instance_id !== null) return { id, status, instance_id, generation };
    const hold = { lease: randomUUID(), leaseSeconds: LEASE_SECONDS };
    const [owed] = await store.claimOperations({ workspaceIds: [id], limit: 1, ...hold });
    // Another is at it, or will be: what is owed is in the row.
    if (owed === undefined) return { id, status, instance_id, generation };
    const { operation, launch } = owed;
    if (operation !== 'launch' || launch === null) {
      await giveBack(owed, { ...by, lease: hold.lease });
      return { id, status: owed.status, instance_id: owed.instanceId, generation: owed.generation };
    }
    const outcome = await launchOwed(
      { ...owed, operation, launch },
      { ...by, ...hold, fail: true, patienceMs: PATIENCE_MS },
    );
    return answered(outcome, { workspaceId: id, lease: hold.lease, generation: owed.generation, ...by });
  };

  return (id: string, body: ProvisionRequest, { resumed, ...by }: By & { readonly resumed: boolean }) =>
    resumed ? resume(id, body, by) : begin(id, body, by);
}

/** Spreads workspaces over the subnets, and so over the zones, by their id. */
function launchSpec(
  id: string,
  { launch }: ProvisionRequest,
  { launchTemplateId, subnetIds }: ProvisionPorts['settings'],
): LaunchSpec {
  const at = createHash('sha256').update(id).digest().readUInt32BE() % Math.max(1, subnetIds.length);
  return {
    launch_template_id: launch?.launch_template_id ?? launchTemplateId,
    subnet_id: launch?.subnet_id ?? subnetIds[at],
  };
}
