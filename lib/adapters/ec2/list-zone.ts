import type { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import * as z from 'zod/mini';
import { LIVING_STATES } from '../../domain/orphan-listing.ts';
import type { ZoneLister } from '../../domain/sweep/listing.ts';
import { type InstanceState, instanceState } from '../../domain/verdict.ts';
import { TAGS } from './answered-instance.ts';
import type { Run } from './inquire-instances.ts';
import { NotAsked } from './pace.ts';
import { nameOf } from './refusal.ts';

/** The most that EC2 answers in a page. */
const PAGE_SIZE = 1_000;

const shownInstance = z.object({
  InstanceId: z.string().check(z.minLength(1)),
  State: z.object({ Name: instanceState }),
});

/**
 * Lists by the tag muster:registry and the zone, in pages of 1,000. What cannot be read of a page is left out of it.
 * @param signal ends the listings: what was shown until then counts
 */
export function createZoneLister(client: EC2Client, run: Run, signal: AbortSignal): ZoneLister {
  return {
    async listZone(registryId, zone) {
      const Filters = [
        { Name: `tag:${TAGS.registry}`, Values: [registryId] },
        { Name: 'availability-zone', Values: [zone] },
        { Name: 'instance-state-name', Values: [...LIVING_STATES] },
      ];
      const states = new Map<string, InstanceState>();
      let token: string | undefined;
      try {
        do {
          const input = { Filters, MaxResults: PAGE_SIZE, NextToken: token };
          const { Reservations = [], NextToken = '' } = await run((of) => {
            const abortSignal = AbortSignal.any([of, signal]);
            if (signal.aborted) throw new NotAsked('the listing has taken its time');
            return client.send(new DescribeInstancesCommand(input), { abortSignal });
          });
          for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
            const shown = shownInstance.safeParse(instance);
            if (shown.success) states.set(shown.data.InstanceId, shown.data.State.Name);
          }
          token = NextToken === '' ? undefined : NextToken;
        } while (token !== undefined);
        return { zone, states, end: 'complete' };
      } catch (error) {
        return { zone, states, end: signal.aborted ? 'deadline' : nameOf(error) };
      }
    },
  };
}
