import { isUnderWay } from './converge.ts';
import type { LaunchSpec, LaunchTemplates } from './launch.ts';
import { LaunchRefused } from './launch.ts';
import type { createLaunchWorkspace, LaunchOutcome } from './launch-workspace.ts';
import type { BeginLaunchInput, OwedOperation } from './operation.ts';
import type { Ec2Operation } from './status.ts';
import type { By } from './workspace.ts';

/**
 * moved_on: the row is no longer what was claimed, so nothing was begun. `generation` is the launch's; null where none
 * was begun.
 */
export type OwedLaunchOutcome = { readonly generation: number | null } & (
  | LaunchOutcome
  | { readonly kind: 'moved_on' }
);

export type LaunchOwedPorts = {
  readonly store: { beginLaunch(input: BeginLaunchInput): Promise<{ generation: number } | undefined> };
  readonly templates: LaunchTemplates;
  readonly launchWorkspace: ReturnType<typeof createLaunchWorkspace>;
  /** The subnets that launches are spread over. */
  readonly subnetIds: readonly string[];
};

type Options = By & {
  readonly lease: string;
  readonly leaseSeconds: number;
  readonly fail: boolean;
  readonly patienceMs: number;
};

/** Launches what a claimed workspace owes: brings a launch that is under way to its end, or begins the next generation. */
export function createLaunchOwed({ store, templates, launchWorkspace, subnetIds }: LaunchOwedPorts) {
  const nextSpec = async (spec: LaunchSpec): Promise<LaunchSpec> => {
    const next = { launch_template_id: spec.launch_template_id, subnet_id: nextSubnet(spec.subnet_id, subnetIds) };
    try {
      return await templates.freeze(next);
    } catch (error) {
      // EC2 refuses the launch too, which is counted as an attempt.
      if (error instanceof LaunchRefused) return next;
      throw error;
    }
  };

  const launchNext = async (
    owed: OwedOperation & { readonly operation: Ec2Operation; readonly launch: LaunchSpec },
    { lease, leaseSeconds, ...options }: Options,
  ): Promise<OwedLaunchOutcome> => {
    const target = { registryId: owed.registryId, workspaceId: owed.workspaceId, name: owed.name };
    if (isUnderWay(owed)) {
      const { generation, tokenVersion, launch: spec } = owed;
      const outcome = await launchWorkspace({ ...target, generation, tokenVersion, spec, resumed: true }, options);
      return { ...outcome, generation };
    }
    const spec = await nextSpec(owed.launch);
    const { workspaceId, generation, operation, instanceId } = owed;
    const begun = await store.beginLaunch({
      workspaceId,
      lease,
      leaseSeconds,
      generation,
      operation,
      instanceId,
      spec,
    });
    if (begun === undefined) return { kind: 'moved_on', generation: null };
    const next = { ...target, generation: begun.generation, tokenVersion: 1, spec, resumed: false };
    return { ...(await launchWorkspace(next, options)), generation: begun.generation };
  };

  /** @throws nothing: what went wrong is the outcome */
  return (...call: Parameters<typeof launchNext>): Promise<OwedLaunchOutcome> =>
    launchNext(...call).catch((error: unknown) => ({
      kind: 'unknown',
      error: error instanceof Error ? error : new Error(String(error)),
      generation: null,
    }));
}

/** The one after, so that a zone without capacity is not asked again at once; a subnet of the operator's own stays. */
function nextSubnet(present: string | undefined, subnetIds: readonly string[]): string | undefined {
  const at = present === undefined ? -1 : subnetIds.indexOf(present);
  if (present !== undefined && at === -1) return present;
  return subnetIds[(at + 1) % Math.max(1, subnetIds.length)];
}
