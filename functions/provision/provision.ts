import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { ProvisionFailed } from '../../lib/domain/errors.ts';
import type { Launch, LaunchSpec } from '../../lib/domain/launch.ts';
import { LaunchRefused, LaunchUnknown } from '../../lib/domain/launch.ts';
import type { Status } from '../../lib/domain/status.ts';
import type { Tokens } from '../../lib/domain/tokens.ts';
import { bootstrapUserData } from '../../lib/domain/user-data.ts';
import type { FailLaunchInput, FinaliseInput, NewWorkspace, UnknownLaunchInput } from '../../lib/domain/workspace.ts';
import type { ProvisionRequest } from './schema.ts';

type Ports = {
  readonly store: {
    createWorkspace(workspace: NewWorkspace): Promise<{ registryId: string }>;
    finaliseLaunch(input: FinaliseInput): Promise<{ status: Status } | undefined>;
    failLaunch(input: FailLaunchInput): Promise<unknown>;
    noteUnknownLaunch(input: UnknownLaunchInput): Promise<unknown>;
  };
  readonly tokens: Pick<Tokens, 'sign'>;
  readonly launch: Launch;
  readonly settings: {
    readonly registryUrl: string;
    readonly launchTemplateId: string;
    readonly subnetIds: readonly string[];
  };
};

/** Creates a workspace: its row first, then its instance, then both are joined. An external one has only a row. */
export function createProvision({ store, tokens, launch, settings }: Ports) {
  /** Writes into the workspace what is known of its launch; answers what went wrong, the writing included. */
  const told = async (of: Omit<FailLaunchInput, 'ec2Error'>, error: unknown): Promise<Error> => {
    const reason = error instanceof Error ? error : new Error(String(error));
    try {
      if (error instanceof LaunchRefused) await store.failLaunch({ ...of, ec2Error: error.awsCode });
      if (error instanceof LaunchUnknown) await store.noteUnknownLaunch({ ...of, error: error.message });
      return reason;
    } catch (untold) {
      return new AggregateError([reason, untold], `${reason.message}, and its history could not be written`);
    }
  };

  return async (body: ProvisionRequest, actor: string, requestId: string) => {
    const id = uuidv7();
    const by = { actor, requestId };
    const spec = body.external ? null : launchSpec(id, settings);
    const { registryId } = await store.createWorkspace({
      id,
      name: body.name,
      runtime: body.runtime,
      launch: spec,
      labels: body.labels,
      restartPolicy: body.restart_policy ?? (body.external ? 'never' : 'on_instance_loss'),
      bootTimeoutSeconds: body.boot_timeout_seconds,
      idleMinutes: body.idle_minutes ?? null,
      declaration: body.declaration ?? null,
      ...by,
    });
    const generation = 1;
    const bootstrapToken = await tokens.sign({ sub: id, gen: generation, ver: 1, kind: 'bootstrap' });
    if (spec === null) {
      return { id, status: 'provisioning', instance_id: null, generation, bootstrap_token: bootstrapToken };
    }

    const userData = bootstrapUserData({
      registry_url: settings.registryUrl,
      workspace_id: id,
      generation,
      bootstrap_token: bootstrapToken,
    });
    try {
      return await launch(
        { registryId, workspaceId: id, generation, name: body.name, spec, userData },
        async (instance) => {
          const row = await store.finaliseLaunch({ workspaceId: id, generation, instance, ...by });
          if (row === undefined) throw new Error('the workspace moved on while its instance was launched');
          return { id, status: row.status, instance_id: instance.instanceId, generation };
        },
      );
    } catch (error) {
      const cause = await told({ workspaceId: id, generation, ...by }, error);
      throw new ProvisionFailed(id, `workspace ${id} has no instance: ${cause.message}`, { cause });
    }
  };
}

/** Spreads workspaces over the subnets, and so over the zones, by their id. */
function launchSpec(id: string, { launchTemplateId, subnetIds }: Ports['settings']): LaunchSpec {
  const at = createHash('sha256').update(id).digest().readUInt32BE() % Math.max(1, subnetIds.length);
  return { launch_template_id: launchTemplateId, subnet_id: subnetIds[at] };
}
