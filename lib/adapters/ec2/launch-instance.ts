import type { EC2Client, Tag } from '@aws-sdk/client-ec2';
import { EC2ServiceException, RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { Launch, LaunchRequest } from '../../domain/launch.ts';
import { LaunchRefused, LaunchUnknown } from '../../domain/launch.ts';

/** Milliseconds for RunInstances with its repetitions: what an HTTP function has beside its database calls. */
const LAUNCH_MS = 9_000;

const THROTTLED = 'RequestLimitExceeded';

/**
 * The only place that calls RunInstances. The client token (workspace and generation) makes a repeated call answer the
 * same instance, so the SDK's own retries cannot start a second one.
 */
export function createLaunch(client: EC2Client): Launch {
  return async (request, finalise) => {
    const instance = await runInstance(client, request);
    if (instance?.InstanceId === undefined) throw new LaunchUnknown('the answer names no instance');
    return finalise({ instanceId: instance.InstanceId, zone: instance.Placement?.AvailabilityZone ?? null });
  };
}

async function runInstance(client: EC2Client, { spec, ...request }: LaunchRequest) {
  try {
    const { Instances } = await client.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ClientToken: `${request.workspaceId}-${request.generation}`,
        LaunchTemplate: { LaunchTemplateId: spec.launch_template_id },
        SubnetId: spec.subnet_id,
        UserData: Buffer.from(request.userData).toString('base64'),
        TagSpecifications: [{ ResourceType: 'instance', Tags: tagsOf(request) }],
      }),
      { abortSignal: AbortSignal.timeout(LAUNCH_MS) },
    );
    return Instances?.[0];
  } catch (error) {
    const refusal = refusalIn(error);
    throw refusal === undefined
      ? new LaunchUnknown(error instanceof Error ? error.name : String(error), { cause: error })
      : new LaunchRefused(refusal, { cause: error });
  }
}

/**
 * EC2's code, where it says that nothing was started; after anything else it may have started the instance all the same.
 * A refusal of a repeated call says nothing of the try before it, save for a lack of capacity: a client token that EC2
 * has served is answered with its instance.
 * Source: the EC2 API's table of error codes and its chapter on idempotency.
 */
function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof EC2ServiceException)) return undefined;
  if (/^Insufficient\w*Capacity$/.test(error.name)) return error.name;
  if ((error.$metadata.attempts ?? 1) > 1) return undefined;
  return error.name === THROTTLED || (error.$response?.statusCode ?? 500) < 500 ? error.name : undefined;
}

function tagsOf({ registryId, workspaceId, generation, name }: Omit<LaunchRequest, 'spec'>): Tag[] {
  return [
    { Key: 'muster:registry', Value: registryId },
    { Key: 'muster:workspace', Value: workspaceId },
    { Key: 'muster:generation', Value: String(generation) },
    { Key: 'Name', Value: name },
  ];
}
