import type { EC2Client } from '@aws-sdk/client-ec2';
import { paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { InstanceInquirer } from '../../domain/confirm.ts';
import type { Inquiry, InstanceObservation } from '../../domain/verdict.ts';
import { answeredInstance, TAGS, tagOf, zoneOf } from './answered-instance.ts';
import { nameOf } from './refusal.ts';

/** EC2 takes at most 200 values in one filter (FilterLimitExceeded above it). */
const FILTER_VALUES = 200;

/** Batches that are asked side by side: far from EC2's bucket of 100 calls, which the whole account shares. */
const SIDE_BY_SIDE = 5;

/** Milliseconds for one batch with its pages and repetitions: two slow answers of 8 s. */
const BATCH_MS = 20_000;

const observedInstance = answeredInstance.transform(
  (instance): InstanceObservation => ({
    instanceId: instance.InstanceId,
    state: instance.State.Name,
    reasonCode: instance.StateReason?.Code ?? null,
    zone: zoneOf(instance),
    registryId: tagOf(instance, TAGS.registry),
  }),
);

/**
 * Asks by the filter instance-id, so that an id which EC2 does not know fails no other. An error makes unknown exactly
 * those ids that its batch could have named, an instance that cannot be read only itself.
 */
export function createInquirer(client: EC2Client): InstanceInquirer {
  const inquireBatch = async (ids: readonly string[]): Promise<[string, Inquiry][]> => {
    try {
      const named = new Map<string, Inquiry>();
      const pages = paginateDescribeInstances(
        { client },
        { Filters: [{ Name: 'instance-id', Values: [...ids] }] },
        { abortSignal: AbortSignal.timeout(BATCH_MS) },
      );
      for await (const { Reservations = [] } of pages) {
        for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
          const read = observedInstance.safeParse(instance);
          if (read.success) named.set(read.data.instanceId, { kind: 'named', observation: read.data });
          else if (instance.InstanceId) named.set(instance.InstanceId, { kind: 'failed', error: 'unreadable answer' });
        }
      }
      return ids.map((id) => [id, named.get(id) ?? { kind: 'not_named' }]);
    } catch (error) {
      return ids.map((id) => [id, { kind: 'failed', error: nameOf(error) }]);
    }
  };

  return {
    async inquire(instanceIds) {
      const ids = [...new Set(instanceIds)].filter((id) => id !== '');
      const batches = Array.from({ length: Math.ceil(ids.length / FILTER_VALUES) }, (_, at) =>
        ids.slice(at * FILTER_VALUES, (at + 1) * FILTER_VALUES),
      );
      const answers = new Map<string, Inquiry>();
      for (let at = 0; at < batches.length; at += SIDE_BY_SIDE) {
        const round = await Promise.all(batches.slice(at, at + SIDE_BY_SIDE).map(inquireBatch));
        for (const [id, inquiry] of round.flat()) answers.set(id, inquiry);
      }
      return answers;
    },
  };
}
