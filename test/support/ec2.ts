import { EC2Client, RunInstancesCommand, StopInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { createEc2Client } from '../../lib/adapters/ec2/client.ts';
import { createInquirer } from '../../lib/adapters/ec2/inquire-instances.ts';
import { LAUNCH_TEMPLATE_ID } from './provided.ts';
import { shared } from './shared.ts';
import { sql } from './sql.ts';

export const ec2 = new EC2Client({});
export const inquirer = createInquirer(createEc2Client());

/** Starts a real instance of the local EC2 server and makes it the workspace's. */
export async function giveInstance(workspaceId: string): Promise<string> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateId: LAUNCH_TEMPLATE_ID } }),
  );
  const id = Instances[0]?.InstanceId;
  if (id === undefined) throw new Error('the local EC2 server started nothing');
  await sql('UPDATE workspaces SET instance_id = :instance::text WHERE id = :id::uuid', {
    id: workspaceId,
    instance: id,
  });
  return id;
}

export const terminate = (id: string) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
export const stop = (id: string) => ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));

/** Makes the local EC2 server fail; `{}` ends it. */
export async function ec2Faults(faults: Record<string, unknown>): Promise<void> {
  await fetch(`${shared.now.ec2Url}/_control/faults`, { method: 'POST', body: JSON.stringify(faults) });
}
