import { type EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import Table from 'cli-table3';

const pageSize = 1_000;

/** A table of all instances, for people. */
export async function list(ec2: EC2Client): Promise<string> {
  const instances: Instance[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2 }, { MaxResults: pageSize })) {
    instances.push(...(page.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? []));
  }
  if (instances.length === 0) return 'No instances.';
  const head = ['instance', 'state', 'zone', 'workspace', 'generation', 'name', 'launched'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  table.push(...instances.map(row));
  return table.toString();
}

function row(instance: Instance): string[] {
  const tag = (key: string) => instance.Tags?.find((candidate) => candidate.Key === key)?.Value ?? '';
  return [
    instance.InstanceId ?? '',
    instance.State?.Name ?? '',
    instance.Placement?.AvailabilityZone ?? '',
    tag('muster:workspace'),
    tag('muster:generation'),
    tag('Name'),
    instance.LaunchTime?.toISOString() ?? '',
  ];
}
