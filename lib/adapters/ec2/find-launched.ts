import type { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import type { LaunchRequest } from '../../domain/launch.ts';
import { LaunchUnknown } from '../../domain/launch.ts';
import type { InstanceState } from '../../domain/verdict.ts';
import type { AnsweredInstance } from './answered-instance.ts';
import { answeredInstance, TAGS } from './answered-instance.ts';
import { nameOf } from './refusal.ts';

const answer = z.object({ Reservations: z.optional(z.array(z.object({ Instances: z.array(answeredInstance) }))) });

/** The token by which EC2 knows a generation's launch. */
export function clientTokenOf({ workspaceId, generation }: Pick<LaunchRequest, 'workspaceId' | 'generation'>): string {
  return `${workspaceId}-${generation}`;
}

export function isDead(state: InstanceState): boolean {
  return state === 'shutting-down' || state === 'terminated';
}

/**
 * Looks for the instance that a generation was launched as, one that lives before one that is dead. That EC2 names none
 * is no proof that there is none: what was launched seconds ago may not be shown yet.
 * @param withinMs milliseconds for it, repetitions included
 * @throws LaunchUnknown for every failure, since nobody knows then whether there is one
 */
export async function findLaunched(
  client: EC2Client,
  request: LaunchRequest,
  withinMs: number,
): Promise<AnsweredInstance | undefined> {
  try {
    const answered = await client.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'client-token', Values: [clientTokenOf(request)] },
          { Name: `tag:${TAGS.registry}`, Values: [request.registryId] },
        ],
      }),
      { abortSignal: AbortSignal.timeout(withinMs) },
    );
    const { Reservations = [] } = answer.parse(answered);
    const instances = Reservations.flatMap(({ Instances }) => Instances);
    return instances.find(({ State }) => !isDead(State.Name)) ?? instances[0];
  } catch (error) {
    throw new LaunchUnknown(`it could not be looked up: ${nameOf(error)}`, { cause: error });
  }
}
