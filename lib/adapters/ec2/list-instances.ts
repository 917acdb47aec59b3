import type { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import type { InstanceLister, TaggedInstance } from '../../domain/orphan-listing.ts';
import { LIVING_STATES } from '../../domain/orphan-listing.ts';
import { answeredInstance, isStoppable, TAGS, tagOf, zoneOf } from './answered-instance.ts';

/** The most that EC2 answers in a page. */
const PAGE_SIZE = 1_000;

/** Milliseconds for a page with its repetitions: two slow answers of 8 s. */
const PAGE_MS = 20_000;

const taggedInstance = z.pipe(
  z.extend(answeredInstance, { State: z.object({ Name: z.enum(LIVING_STATES) }), LaunchTime: z.date() }),
  z.transform(
    (instance): TaggedInstance => ({
      instanceId: instance.InstanceId,
      workspaceTag: tagOf(instance, TAGS.workspace),
      generationTag: tagOf(instance, TAGS.generation),
      state: instance.State.Name,
      zone: zoneOf(instance),
      launchedAt: instance.LaunchTime.toISOString(),
      stoppable: isStoppable(instance, false),
    }),
  ),
);

const page = z.pipe(
  z.object({
    Reservations: z._default(z.array(z.object({ Instances: z.array(taggedInstance) })), []),
    NextToken: z.optional(z.string()),
  }),
  z.transform(({ Reservations, NextToken = '' }) => ({
    instances: Reservations.flatMap(({ Instances }) => Instances),
    next: NextToken === '' ? undefined : NextToken,
  })),
);

/**
 * Lists by the tag muster:registry. A Spot Instance counts as not stoppable: whether its request is persistent is not
 * shown here.
 */
export function createInstanceLister(client: EC2Client): InstanceLister {
  return {
    async *listRegistered(registryId) {
      const Filters = [
        { Name: `tag:${TAGS.registry}`, Values: [registryId] },
        { Name: 'instance-state-name', Values: [...LIVING_STATES] },
      ];
      let token: string | undefined;
      do {
        const answer = await client.send(
          new DescribeInstancesCommand({ Filters, MaxResults: PAGE_SIZE, NextToken: token }),
          { abortSignal: AbortSignal.timeout(PAGE_MS) },
        );
        const { instances, next } = page.parse(answer);
        yield instances;
        token = next;
      } while (token !== undefined);
    },
  };
}
