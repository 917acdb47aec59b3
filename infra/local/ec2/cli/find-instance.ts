import { DescribeInstancesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { CliError } from './cli-error.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The instance that a person means by an instance id (returned as it is) or by a workspace id.
 * @throws {CliError} when it is neither, or when the workspace has no live instance or several.
 */
export async function findInstance(ec2: EC2Client, id: string): Promise<string> {
  if (id.startsWith('i-')) return id;
  if (!uuid.test(id)) {
    throw new CliError(`${id} is neither an instance id (i-…) nor a workspace id (a UUID)`, { exitCode: 2 });
  }
  const live = ['pending', 'running', 'stopping', 'stopped'];
  const answer = await ec2.send(
    new DescribeInstancesCommand({
      Filters: [
        { Name: 'tag:muster:workspace', Values: [id.toLowerCase()] },
        { Name: 'instance-state-name', Values: live },
      ],
    }),
  );
  const [first, ...others] = (answer.Reservations ?? [])
    .flatMap((reservation) => reservation.Instances ?? [])
    .flatMap((instance) => instance.InstanceId ?? []);
  if (first === undefined) throw new CliError(`Workspace ${id} has no live instance`);
  if (others.length === 0) return first;
  throw new CliError(`Workspace ${id} has several live instances, name one: ${[first, ...others].join(', ')}`);
}
