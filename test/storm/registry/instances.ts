import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { INSTANCE_STATES } from '../../../lib/domain/verdict.ts';

const ec2Instance = z
  .object({
    InstanceId: z.string(),
    State: z.object({ Name: z.enum(INSTANCE_STATES) }),
    StateReason: z.object({ Code: z.string() }).optional(),
    Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
  })
  .transform(({ InstanceId, State, StateReason, Tags }) => {
    const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
    return {
      id: InstanceId,
      state: State.Name,
      reason: StateReason?.Code ?? null,
      registryId: tags.get('muster:registry') ?? null,
      workspaceId: tags.get('muster:workspace') ?? null,
      generation: tags.get('muster:generation') ?? null,
    };
  });

/** An instance as EC2 describes it, the dead ones too. */
export type Ec2Instance = z.output<typeof ec2Instance>;

/** Every instance that EC2 can still see. */
export async function readInstances(ec2Url: string): Promise<Ec2Instance[]> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EC2Client({ endpoint: ec2Url, region: 'us-east-1', credentials });
  const instances: Ec2Instance[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { MaxResults: 1_000 })) {
    for (const { Instances = [] } of Reservations) instances.push(...z.array(ec2Instance).parse(Instances));
  }
  client.destroy();
  return instances;
}
