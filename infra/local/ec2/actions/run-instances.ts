import type { Instance } from '../fleet/instance.ts';
import type { LaunchTemplateData } from '../launch-templates/launch-template.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import type { ParameterTree } from '../query/parse-form.ts';
import { defineAction } from './action.ts';
import { reservationXml } from './instance-xml.ts';
import { findTemplateData, planLaunch } from './plan-launch.ts';
import type { RunInstancesParameters } from './run-instances-parameters.ts';
import { runInstancesParameters } from './run-instances-parameters.ts';
import { mergeTags } from './tags.ts';

const maxInstancesPerCall = 1_000;
const taggable = ['instance', 'volume', 'network-interface', 'spot-instances-request', 'elastic-gpu'];

export const runInstances = defineAction(runInstancesParameters, (input, ec2, parameters) => {
  checkCounts(input);
  const template = findTemplateData(input, ec2);
  const { namedZone, ...launch } = planLaunch(input, template, ec2);
  const tags = instanceTags(input, template, launch.tagsInMetadata);
  const token = input.ClientToken;
  const request = canonical(parameters);
  const known = token === undefined ? undefined : ec2.reservations.find(token, namedZone, request);
  if (known) return answer(known);

  const instances = Array.from({ length: input.MaxCount }, (_, launchIndex) =>
    ec2.fleet.add(launch, { launchIndex, tags, state: 'pending' }),
  );
  if (token !== undefined) ec2.reservations.remember(token, namedZone, request, instances);
  for (const instance of instances) ec2.lifecycle.launch(instance);
  return answer(instances);
});

function answer(instances: readonly Instance[]) {
  return reservationXml(instances[0]?.launch.reservationId ?? '', instances);
}

function checkCounts({ MinCount, MaxCount }: RunInstancesParameters): void {
  if (MinCount < 1 || MaxCount < 1) {
    const [name, value] = MinCount < 1 ? ['minCount', MinCount] : ['maxCount', MaxCount];
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value (${value}) for parameter ${name} is invalid. Must be at least 1.`,
    );
  }
  if (MinCount > MaxCount) {
    const reason = 'MinCount must be less than or equal to MaxCount.';
    throw new Ec2Error('InvalidParameterValue', `Value (${MinCount}) for parameter minCount is invalid. ${reason}`);
  }
  if (MaxCount > maxInstancesPerCall) {
    throw new Ec2Error(
      'InstanceLimitExceeded',
      `You have requested more instances (${MaxCount}) than your current instance limit of ${maxInstancesPerCall} allows.`,
    );
  }
}

function instanceTags(
  input: RunInstancesParameters,
  template: LaunchTemplateData | undefined,
  inMetadata: boolean,
): Map<string, string> {
  const unknown = input.TagSpecification.find(({ ResourceType }) => !taggable.includes(ResourceType));
  if (unknown) {
    throw new Ec2Error('InvalidParameterValue', `'${unknown.ResourceType}' is not a valid taggable resource type.`);
  }
  const own = input.TagSpecification.filter(({ ResourceType }) => ResourceType === 'instance').flatMap(
    ({ Tag }) => Tag,
  );
  return mergeTags(new Map(Object.entries(template?.tags ?? {})), own, inMetadata);
}

/** The request as a text that does not depend on the order of its parameters. */
function canonical(tree: ParameterTree): string {
  const sorted = (node: string | ParameterTree): unknown =>
    typeof node === 'string'
      ? node
      : Object.entries(node)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, child]) => [name, sorted(child)]);
  return JSON.stringify(sorted(tree));
}
