import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { ProvisionFailed } from '../../lib/domain/errors.ts';
import type { Launch, LaunchSpec } from '../../lib/domain/launch.ts';
import { LaunchRefused, LaunchUnknown } from '../../lib/domain/launch.ts';
import type { Status } from '../../lib/domain/status.ts';
import type { Tokens } from '../../lib/domain/tokens.ts';
import { bootstrapUserData } from '../../lib/domain/user-data.ts';
import type { FailLaunchInput, FinaliseInput, NewWorkspace } from '../../lib/domain/workspace.ts';
import type { ProvisionRequest } from './schema.ts';

type Ports = {
  readonly store: {
    createWorkspace(workspace: NewWorkspace): Promise<{ registryId: string }>;
    finaliseLaunch(input: FinaliseInput): Promise<{ status: Status } | undefined>;
    failLaunch(input: FailLaunchInput): Promise<unknown>;
  };
  readonly tokens: Pick<Tokens, 'sign'>;
  readonly launch: Launch;
  readonly settings: {
    readonly registryUrl: string;
    readonly launchTemplateId: string;
    readonly subnetIds: readonly string[];
  };
};

type Request = { readonly body: ProvisionRequest; readonly actor: string; readonly requestId: string };

/** Creates a workspace: its row first, then its instance, then both are joined. An external one has only a row. */
export function createProvision({ store, tokens, launch, settings }: Ports) {
  return async ({ body, actor, requestId }: Request) => {
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
          if (row === undefined) throw new ProvisionFailed('the workspace moved on while its instance was launched');
          return { id, status: row.status, instance_id: instance.instanceId, generation };
        },
      );
    } catch (error) {
      if (error instanceof LaunchUnknown) throw new ProvisionFailed(error.message, { cause: error });
      if (!(error instanceof LaunchRefused)) throw error;
      await store.failLaunch({ workspaceId: id, generation, ec2Error: error.awsCode, ...by });
      throw new ProvisionFailed(error.message, { cause: error });
    }
  };
}

/** Spreads workspaces over the subnets, and so over the zones, by their id. */
function launchSpec(id: string, { launchTemplateId, subnetIds }: Ports['settings']): LaunchSpec {
  const at = createHash('sha256').update(id).digest().readUInt32BE() % Math.max(1, subnetIds.length);
  return { launch_template_id: launchTemplateId, subnet_id: subnetIds[at] };
}
