import type { Reservation } from '@aws-sdk/client-ec2';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import PQueue from 'p-queue';
import * as z from 'zod/mini';
import { batchesOf } from '../../domain/batches.ts';
import type { InstanceInquirer } from '../../domain/confirm.ts';
import { type Inquiry, type InstanceObservation, ZONE_LEFT } from '../../domain/verdict.ts';
import { answeredInstance, isSpot, TAGS, tagOf, zoneOf } from './answered-instance.ts';
import { createEc2Client } from './client.ts';
import { NotAsked } from './pace.ts';
import { nameOf } from './refusal.ts';

/** EC2 takes at most 200 values in one filter (FilterLimitExceeded above it). */
const FILTER_VALUES = 200;

/** Batches that are asked side by side: far from EC2's bucket of 100 calls, which the whole account shares. */
const SIDE_BY_SIDE = 5;

/** Milliseconds for one call with its repetitions: two slow answers of 8 s. */
const CALL_MS = 20_000;

/** Makes one call to EC2 in its turn. */
export type Run = <Answer>(call: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>;

type Options = {
  readonly run?: Run;
  /** A zone that has failed so often in a row is asked no more; so each zone's outage costs a few calls. */
  readonly zoneFailures?: number;
};

const observedInstance = z.pipe(
  answeredInstance,
  z.transform(
    (instance): InstanceObservation => ({
      instanceId: instance.InstanceId,
      state: instance.State.Name,
      reasonCode: instance.StateReason?.Code ?? null,
      zone: zoneOf(instance),
      registryId: tagOf(instance, TAGS.registry),
      spot: isSpot(instance),
    }),
  ),
);

/**
 * Asks by the filter instance-id, so that an id which EC2 does not know fails no other. An error makes unknown exactly
 * those ids that its batch could have named, an instance that cannot be read only itself.
 */
export function createInquirer(
  client = createEc2Client(),
  { run = sideBySide(), zoneFailures = Number.POSITIVE_INFINITY }: Options = {},
): InstanceInquirer {
  const failedInARow = new Map<string | null, number>();

  const leaveIfFailing = (zone: string | null) => {
    if ((failedInARow.get(zone) ?? 0) >= zoneFailures) throw new ZoneLeft(`zone ${zone} fails`);
  };

  const inquireBatch = async (ids: readonly string[], zone: string | null): Promise<[string, Inquiry][]> => {
    try {
      const named = new Map<string, Inquiry>();
      let token: string | undefined;
      do {
        const input = { Filters: [{ Name: 'instance-id', Values: [...ids] }], NextToken: token };
        // Nor does it take the turn of a zone that answers.
        leaveIfFailing(zone);
        const answer = await run((abortSignal) => {
          leaveIfFailing(zone);
          return client.send(new DescribeInstancesCommand(input), { abortSignal });
        });
        for (const [id, inquiry] of answer.Reservations?.flatMap(inquiriesOf) ?? []) named.set(id, inquiry);
        token = answer.NextToken === '' ? undefined : answer.NextToken;
      } while (token !== undefined);
      failedInARow.delete(zone);
      return ids.map((id) => [id, named.get(id) ?? { kind: 'not_named' }]);
    } catch (error) {
      failedInARow.set(zone, (failedInARow.get(zone) ?? 0) + 1);
      return ids.map((id) => [id, { kind: 'failed', error: nameOf(error) }]);
    }
  };

  return {
    async inquire(instanceIds, zoneOf = () => null) {
      const ids = [...new Set(instanceIds)].filter((id) => id !== '');
      const batches = [...Map.groupBy(ids, zoneOf)].flatMap(([zone, ofZone]) =>
        batchesOf(ofZone, FILTER_VALUES).map((batch) => inquireBatch(batch, zone)),
      );
      return new Map((await Promise.all(batches)).flat());
    },
  };
}

/** The zone has failed before: its instances are left to the next run. */
class ZoneLeft extends NotAsked {
  override readonly name = ZONE_LEFT;
}

function inquiriesOf({ Instances = [] }: Reservation): [string, Inquiry][] {
  return Instances.map((instance) => {
    const read = observedInstance.safeParse(instance);
    if (read.success) return [read.data.instanceId, { kind: 'named', observation: read.data }];
    return [instance.InstanceId ?? '', { kind: 'failed', error: 'unreadable answer' }];
  });
}

function sideBySide(): Run {
  const queue = new PQueue({ concurrency: SIDE_BY_SIDE });
  return (call) => queue.add(() => call(AbortSignal.timeout(CALL_MS)));
}
