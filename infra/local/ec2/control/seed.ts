import { z } from 'zod';
import type { Ec2 } from '../actions/action.ts';
import { hexId } from '../fleet/fleet.ts';
import type { StateName } from '../fleet/instance.ts';
import { markets, rootDeviceTypes, stateCodes } from '../fleet/instance.ts';
import { ControlError } from './control-error.ts';

const stateNames = Object.keys(stateCodes).filter((name): name is StateName => name in stateCodes);

const seed = z.strictObject({
  count: z.int().min(1).max(100_000).default(1),
  tags: z.record(z.string(), z.string()).default({}),
  state: z.enum(stateNames).default('running'),
  /** spread over all when absent */
  zone: z.string().optional(),
  launchTime: z.iso.datetime().optional(),
  imageId: z.string().default('ami-00000000000000000'),
  instanceType: z.string().default('m1.small'),
  /** spent: RunInstances with it, whatever else it asks for, is answered with these instances */
  clientToken: z.string().max(64).optional(),
  market: z.enum(markets).default('on-demand'),
  rootDeviceType: z.enum(rootDeviceTypes).default('ebs'),
});

/** Body of POST /_control/instances: what to put there, or a list of it where instances differ. */
export const seeds = z.union([seed, z.array(seed)]).transform((body) => (Array.isArray(body) ? body : [body]));

/**
 * Puts instances there without a call, an event or a process, in a state that they keep until something acts on them.
 * @returns their ids, in order
 * @throws {ControlError} 400 for an unknown zone.
 */
export function plant(body: z.output<typeof seeds>, ec2: Ec2): string[] {
  const unknown = body.find(({ zone }) => zone !== undefined && !ec2.network.has(zone))?.zone;
  if (unknown !== undefined) throw new ControlError(400, `There is no zone ${unknown}`);
  return body.flatMap(({ count, tags, state, zone, launchTime, clientToken, ...launch }) => {
    const reservationId = hexId('r');
    const instances = Array.from({ length: count }, (_, launchIndex) => {
      const itsZone = zone ?? ec2.network.nextZone();
      const instance = ec2.fleet.add(
        {
          ...launch,
          reservationId,
          zone: itsZone,
          subnetId: ec2.network.subnetOf(itsZone),
          clientToken,
          userData: undefined,
          tagsInMetadata: false,
        },
        { launchIndex, tags: Object.entries(tags), state },
      );
      if (launchTime !== undefined) {
        instance.launchTime = new Date(launchTime);
        instance.createdAt = instance.launchTime.getTime();
      }
      return instance;
    });
    if (clientToken !== undefined) ec2.reservations.adopt(clientToken, instances);
    return instances.map(({ id }) => id);
  });
}
