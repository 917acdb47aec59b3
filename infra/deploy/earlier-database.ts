import { z } from 'zod';
import type { Place } from './options.ts';
import type { Stacks } from './stacks.ts';
import { registryStackOf } from './target.ts';

const template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), DeletionPolicy: z.string().optional() })),
});

/**
 * An earlier release had the database in the registry stack. A template without it would have CloudFormation delete the
 * fleet's rows, and a new, empty database take their place.
 * @throws Error that says what to do first
 */
export async function refuseToDropDatabase({ stage }: Place, stacks: Pick<Stacks, 'template'>): Promise<void> {
  const deployed = await stacks.template(registryStackOf(stage));
  if (deployed === undefined) return;
  const { Resources } = template.parse(JSON.parse(deployed));
  const own = Object.values(Resources).find(({ Type }) => Type === 'AWS::RDS::DBCluster');
  if (own === undefined || own.DeletionPolicy === 'Retain') return;
  throw new Error(
    `${registryStackOf(stage)} has the database in it, and this would delete it: deploy the earlier code once more with DeletionPolicy: Retain on the cluster, its instance and its secrets, then this with --param database-cluster-arn=… for it`,
  );
}
