import { hexId } from '../fleet/fleet.ts';
import type { Launch } from '../fleet/instance.ts';
import type { LaunchTemplateData } from '../launch-templates/launch-template.ts';
import { versionOf } from '../launch-templates/versions.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import type { Ec2 } from './action.ts';
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
  template: LaunchTemplateData | undefined,
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
    market: market(input, template),
    rootDeviceType: template?.rootDeviceType ?? 'ebs',
    tagsInMetadata: (input.MetadataOptions.InstanceMetadataTags ?? template?.instanceMetadataTags) === 'enabled',
  };
}

/** @throws {Ec2Error} when the template or the version that the request names does not exist. */
export function findTemplateData(
  { LaunchTemplate: asked }: RunInstancesParameters,
  { launchTemplates }: Ec2,
): LaunchTemplateData | undefined {
  return asked && versionOf(launchTemplates.require(asked), asked.Version).data;
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

/** The request's own market options take the place of the template's as a whole. */
function market(
  { InstanceMarketOptions: own }: RunInstancesParameters,
  template: LaunchTemplateData | undefined,
): Launch['market'] {
  const options = template?.instanceMarketOptions;
  const marketType = own ? own.MarketType : options?.marketType;
  const spotType = own ? own.SpotOptions?.SpotInstanceType : options?.spotOptions?.spotInstanceType;
  if (marketType !== 'spot') return 'on-demand';
  return spotType === 'persistent' ? 'spot-persistent' : 'spot-one-time';
}
