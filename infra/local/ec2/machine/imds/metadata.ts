import { accountId } from '../../fleet/account.ts';
import type { Instance } from '../../fleet/instance.ts';

/**
 * What the instance metadata service shows of an instance, by path under /latest/. Read anew at every request, since
 * tags change. Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
 */
export function metadataOf(instance: Instance, region: string): Map<string, string | Buffer> {
  const { launch } = instance;
  const hostname = `ip-${instance.privateIp.replaceAll('.', '-')}.ec2.internal`;
  const metadata = new Map<string, string | Buffer>([
    ['meta-data/ami-id', launch.imageId],
    ['meta-data/ami-launch-index', String(instance.launchIndex)],
    ['meta-data/hostname', hostname],
    ['meta-data/instance-action', 'none'],
    ['meta-data/instance-id', instance.id],
    ['meta-data/instance-life-cycle', launch.market === 'on-demand' ? 'on-demand' : 'spot'],
    ['meta-data/instance-type', launch.instanceType],
    ['meta-data/local-hostname', hostname],
    ['meta-data/local-ipv4', instance.privateIp],
    ['meta-data/placement/availability-zone', launch.zone],
    ['meta-data/placement/region', region],
    ['meta-data/reservation-id', launch.reservationId],
    ['dynamic/instance-identity/document', identityDocument(instance, region)],
  ]);
  if (launch.userData !== undefined) metadata.set('user-data', Buffer.from(launch.userData, 'base64'));
  if (launch.tagsInMetadata) {
    for (const [key, value] of instance.tags) metadata.set(`meta-data/tags/instance/${key}`, value);
  }
  return metadata;
}

/** A value, or a folder's listing (its folders end in a slash, as on EC2), or undefined. */
export function lookUp(metadata: ReadonlyMap<string, string | Buffer>, path: string): string | Buffer | undefined {
  const folder = path.endsWith('/') ? path : `${path}/`;
  const value = metadata.get(path.replace(/\/$/, ''));
  if (value !== undefined) return value;
  const names = [...metadata.keys()]
    .filter((key) => key.startsWith(folder))
    .map((key) => key.slice(folder.length).replace(/\/.*$/, '/'));
  return names.length > 0 ? [...new Set(names)].join('\n') : undefined;
}

function identityDocument(instance: Instance, region: string): string {
  const document = {
    accountId,
    architecture: 'x86_64',
    availabilityZone: instance.launch.zone,
    imageId: instance.launch.imageId,
    instanceId: instance.id,
    instanceType: instance.launch.instanceType,
    pendingTime: `${instance.launchTime.toISOString().slice(0, 19)}Z`,
    privateIp: instance.privateIp,
    region,
    version: '2017-09-30',
  };
  return JSON.stringify(document, null, 2);
}
