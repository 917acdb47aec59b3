import { hexId } from '../fleet/fleet.ts';
import type { Launch } from '../fleet/instance.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import type { Ec2, LaunchTemplate } from './action.ts';
import type { RunInstancesParameters } from './run-instances-parameters.ts';

const maxUserDataBytes = 16_384;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * What all instances of this request will be, from its parameters, its launch template and the Region's defaults;
 * `namedZone` is undefined when the request left the zone to EC2.
 * @throws {Ec2Error} for what EC2 would not launch.
 */
export function planLaunch(
  input: RunInstancesParameters,
  template: LaunchTemplate | undefined,
  ec2: Ec2,
): Launch & { namedZone: string | undefined } {
  const subnetId = input.SubnetId ?? input.NetworkInterface[0]?.SubnetId ?? template?.subnetId;
  const namedZone = chooseZone(subnetId, input.Placement.AvailabilityZone, ec2);
  const zone = namedZone ?? ec2.network.nextZone();
  return {
    reservationId: hexId('r'),
    imageId: imageId(input.ImageId ?? template?.imageId),
    instanceType: instanceType(input.InstanceType ?? template?.instanceType ?? 'm1.small'),
    namedZone,
    zone,
    subnetId: subnetId ?? ec2.network.subnetOf(zone),
    clientToken: input.ClientToken,
    userData: userData(input.UserData ?? template?.userData),
    market: market(input),
    tagsInMetadata: (input.MetadataOptions.InstanceMetadataTags ?? template?.instanceMetadataTags) === 'enabled',
  };
}

/** @throws {Ec2Error} when the template that the request names does not exist. */
export function findTemplate(input: RunInstancesParameters, ec2: Ec2): LaunchTemplate | undefined {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = input.LaunchTemplate ?? {};
  if (id !== undefined && name !== undefined) {
    throw new Ec2Error('InvalidParameterCombination', 'Specify either a launch template ID or name, not both.');
  }
  if (id !== undefined) {
    if (!/^lt-[0-9a-f]{8,17}$/.test(id)) throw new Ec2Error('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}"`);
    const template = ec2.launchTemplates.get(id);
    if (!template)
      throw templateNotFound('InvalidLaunchTemplateId.NotFound', `launch template, with template ID ${id}`);
    return template;
  }
  if (name === undefined) return undefined;
  const template = [...ec2.launchTemplates.values()].find((candidate) => candidate.name === name);
  if (!template) throw templateNotFound('InvalidLaunchTemplateName.NotFoundException', `launch template ${name}`);
  return template;
}

function templateNotFound(code: string, what: string): Ec2Error {
  return new Ec2Error(code, `The specified ${what}, does not exist.`);
}

function chooseZone(subnetId: string | undefined, asked: string | undefined, ec2: Ec2): string | undefined {
  if (asked !== undefined && !ec2.network.has(asked)) {
    throw new Ec2Error('InvalidParameterValue', `Invalid availability zone: [${asked}]`);
  }
  if (subnetId === undefined) return asked;
  const zone = ec2.network.zoneOf(subnetId);
  if (zone === undefined) {
    throw new Ec2Error('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
  }
  if (asked !== undefined && asked !== zone) {
    throw new Ec2Error('InvalidParameterValue', `The subnet '${subnetId}' is not in the availability zone '${asked}'`);
  }
  return zone;
}

function imageId(id: string | undefined): string {
  if (id === undefined) throw new Ec2Error('MissingParameter', 'The request must contain the parameter ImageId');
  if (!/^ami-[0-9a-f]{8,17}$/.test(id)) {
    throw new Ec2Error('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
  }
  return id;
}

function instanceType(type: string): string {
  if (/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type)) return type;
  throw new Ec2Error('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
}

function userData(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  if (!base64.test(encoded)) {
    throw new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  if (Buffer.byteLength(encoded, 'base64') > maxUserDataBytes) {
    throw new Ec2Error('InvalidParameterValue', `User data is limited to ${maxUserDataBytes} bytes`);
  }
  return encoded;
}

function market(input: RunInstancesParameters): Launch['market'] {
  if (input.InstanceMarketOptions?.MarketType !== 'spot') return 'on-demand';
  return input.InstanceMarketOptions.SpotOptions?.SpotInstanceType === 'persistent'
    ? 'spot-persistent'
    : 'spot-one-time';
}
