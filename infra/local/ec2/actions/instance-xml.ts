import { accountId } from '../fleet/account.ts';
import type { Instance, StateName } from '../fleet/instance.ts';
import { stateCodes } from '../fleet/instance.ts';
import type { XmlNode } from '../query/xml.ts';
import { items } from '../query/xml.ts';
import { tagsXml } from './tags.ts';

/** `<instanceState><code>16</code><name>running</name></instanceState>`'s content. */
export function stateXml(name: StateName): XmlNode {
  return { code: stateCodes[name], name };
}

/** An instance as RunInstances and DescribeInstances show it; a terminated one has lost its address. */
function instanceXml(instance: Instance): XmlNode {
  const { launch } = instance;
  const address = instance.state === 'terminated' ? undefined : instance.privateIp;
  return {
    instanceId: instance.id,
    imageId: launch.imageId,
    instanceState: stateXml(instance.state),
    privateDnsName: address ? `ip-${address.replaceAll('.', '-')}.ec2.internal` : '',
    reason: instance.stateTransitionReason,
    amiLaunchIndex: instance.launchIndex,
    instanceType: launch.instanceType,
    launchTime: instance.launchTime.toISOString(),
    placement: { availabilityZone: launch.zone, groupName: '', tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: address && launch.subnetId,
    privateIpAddress: address,
    stateReason: instance.stateReason,
    architecture: 'x86_64',
    rootDeviceType: launch.rootDeviceType,
    rootDeviceName: '/dev/xvda',
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    instanceLifecycle: launch.market === 'on-demand' ? undefined : 'spot',
    clientToken: launch.clientToken ?? '',
    tagSet: tagsXml(instance.tags),
  };
}

/** Instances in launch order, grouped under the reservations that launched them. */
export function reservationsXml(instances: readonly Instance[]): XmlNode[] {
  const groups = Map.groupBy(instances, (instance) => instance.launch.reservationId);
  return [...groups].map(([reservationId, members]) => reservationXml(reservationId, members));
}

export function reservationXml(reservationId: string, members: readonly Instance[]): XmlNode {
  return { reservationId, ownerId: accountId, groupSet: items([]), instancesSet: items(members.map(instanceXml)) };
}
