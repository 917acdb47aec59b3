import {
  DescribeInstancesCommand,
  type EC2Client,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { only } from './start.ts';

const byId = (InstanceIds: string[]) => ({ InstanceIds });
/** Each verb with the ids that it acts on, and the changes that it answers with. */
export const verbs = {
  start: async (ec2: EC2Client, ids: string[]) =>
    (await ec2.send(new StartInstancesCommand(byId(ids)))).StartingInstances,
  stop: async (ec2: EC2Client, ids: string[]) =>
    (await ec2.send(new StopInstancesCommand(byId(ids)))).StoppingInstances,
  terminate: async (ec2: EC2Client, ids: string[]) =>
    (await ec2.send(new TerminateInstancesCommand(byId(ids)))).TerminatingInstances,
  reboot: async (ec2: EC2Client, ids: string[]) => {
    await ec2.send(new RebootInstancesCommand(byId(ids)));
    return [];
  },
};

export async function describeOne(ec2: EC2Client, id: string) {
  return only(only((await ec2.send(new DescribeInstancesCommand(byId([id])))).Reservations).Instances);
}

export async function launchOne(ec2: EC2Client, spot?: 'one-time' | 'persistent'): Promise<string> {
  const market = { MarketType: 'spot', SpotOptions: { SpotInstanceType: spot } } as const;
  const options = spot === undefined ? {} : { InstanceMarketOptions: market };
  const input = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1, ...options };
  return only((await ec2.send(new RunInstancesCommand(input))).Instances).InstanceId ?? '';
}
