import type { EC2Client, Tag } from '@aws-sdk/client-ec2';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import type { Launch, LaunchRequest } from '../../domain/launch.ts';
import { LaunchRefused, LaunchSpent, LaunchUnknown } from '../../domain/launch.ts';
import { mergedUserData, USER_DATA_BYTES } from '../../domain/user-data.ts';
import type { AnsweredInstance } from './answered-instance.ts';
import { answeredInstance, isSpot, isStoppable, TAGS, zoneOf } from './answered-instance.ts';
import { clientTokenOf, findLaunched, isDead } from './find-launched.ts';
import type { TemplateVersion } from './launch-templates.ts';
import { createTemplateReader, LOOK_MS } from './launch-templates.ts';
import { definiteRefusalIn, isThrottle, kindOf, nameOf, refusalIn } from './refusal.ts';

/**
 * Milliseconds for RunInstances with its repetitions. Before it the template is read, once a version; a resumed launch
 * is looked up before that, one whose client token EC2 has served otherwise after it: each of these 3 s at most.
 */
const LAUNCH_MS = 9_000;

/** EC2 has served the client token with other parameters, as after a change of the key that signs the bootstrap token. */
const MISMATCH = 'IdempotentParameterMismatch';

/** EC2 has served the client token with an instance that is terminated since. */
const TERMINATED = 'IdempotentInstanceTerminated';

/** Stands for the id of a terminated instance that EC2 does not name any more. */
const FORGOTTEN = 'unknown';

type Launched = { readonly instance: AnsweredInstance; readonly persistentSpot: boolean };

/**
 * The only place that calls RunInstances. The client token (workspace and generation) makes a repeated call answer the
 * same instance, so the SDK's own retries cannot start a second one.
 */
export function createLaunch(client: EC2Client, readTemplate = createTemplateReader(client), lookMs = LOOK_MS): Launch {
  /** The generation's instance, if EC2 names it already; one that is dead ends the generation. */
  const find = async (request: LaunchRequest): Promise<Launched | undefined> => {
    const instance = await findLaunched(client, request, lookMs);
    if (instance === undefined) return undefined;
    if (isDead(instance.State.Name)) throw new LaunchSpent(instance.InstanceId);
    return { instance, persistentSpot: isSpot(instance) && (await isPersistent(request)) };
  };

  /** A template that is gone since must not keep its instance from being recorded. */
  const isPersistent = async ({ spec }: LaunchRequest): Promise<boolean> => {
    try {
      return (await readTemplate(spec)).persistentSpot;
    } catch (error) {
      if (error instanceof LaunchRefused) return false;
      throw error;
    }
  };

  const start = async (request: LaunchRequest): Promise<Launched> => {
    try {
      const template = await readTemplate(request.spec);
      return { instance: await runInstance(client, request, template), persistentSpot: template.persistentSpot };
    } catch (error) {
      const code = refusalIn(error);
      if (code !== MISMATCH && code !== TERMINATED) throw launchErrorOf(error, request);
      const found = await find(request);
      if (found !== undefined) return found;
      throw code === TERMINATED
        ? new LaunchSpent(FORGOTTEN)
        : new LaunchUnknown('another try started it, and no instance is shown yet', { cause: error });
    }
  };

  return async (request, finalise) => {
    const found = request.resumed ? await find(request) : undefined;
    const { instance, persistentSpot } = found ?? (await start(request));
    return finalise({
      instanceId: instance.InstanceId,
      zone: zoneOf(instance),
      stoppable: isStoppable(instance, persistentSpot),
      launchedAt: instance.LaunchTime?.toISOString(),
    });
  };
}

async function runInstance(
  client: EC2Client,
  request: LaunchRequest,
  template: TemplateVersion,
): Promise<AnsweredInstance> {
  const { launch_template_id, launch_template_version, subnet_id } = request.spec;
  const userData = mergedUserData(request.bootstrap, template.userData);
  if (userData.length > USER_DATA_BYTES) throw new LaunchRefused('template', 'UserDataTooLarge');
  const { Instances } = await client.send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      ClientToken: clientTokenOf(request),
      LaunchTemplate: { LaunchTemplateId: launch_template_id, Version: launch_template_version },
      SubnetId: subnet_id,
      UserData: userData.toString('base64'),
      TagSpecifications: [{ ResourceType: 'instance', Tags: tagsOf(request) }],
    }),
    { abortSignal: AbortSignal.timeout(LAUNCH_MS) },
  );
  const { data: instance } = answeredInstance.safeParse(Instances?.[0]);
  if (instance === undefined) throw new LaunchUnknown('the answer names no instance');
  if (isDead(instance.State.Name)) throw new LaunchSpent(instance.InstanceId);
  return instance;
}

/**
 * What is known after an error. A throttle of a resumed launch says nothing of the try before it, whose instance may
 * not be shown yet; the other refusals last, and so does what the looking up did not find.
 */
function launchErrorOf(error: unknown, { resumed }: LaunchRequest): Error {
  const isSaid = error instanceof LaunchRefused || error instanceof LaunchSpent || error instanceof LaunchUnknown;
  if (isSaid) return error;
  const code = definiteRefusalIn(error);
  if (code === undefined || (resumed && isThrottle(code))) return new LaunchUnknown(nameOf(error), { cause: error });
  return new LaunchRefused(kindOf(code), code, { cause: error });
}

function tagsOf({ registryId, workspaceId, generation, name }: LaunchRequest): Tag[] {
  return [
    { Key: TAGS.registry, Value: registryId },
    { Key: TAGS.workspace, Value: workspaceId },
    { Key: TAGS.generation, Value: String(generation) },
    { Key: 'Name', Value: name },
  ];
}
