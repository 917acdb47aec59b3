import type { InstanceInquirer } from '../../domain/confirm.ts';
import type { Ec2Calls, ZoneLister } from '../../domain/sweep/listing.ts';
import { createEc2Client } from './client.ts';
import { createInquirer } from './inquire-instances.ts';
import { createZoneLister } from './list-zone.ts';
import { createPace, type PaceOptions } from './pace.ts';

/** Failed calls in a row after which a zone is left to the next run. */
const ZONE_FAILURES = 2;

/** The share of a run's time that listing may take: asking by id needs the rest, where EC2 is slow. */
const LISTING_SHARE = 0.6;

/** What the sweep asks of EC2, opened for each run with the milliseconds that it may take. */
export function createSweepEc2(
  pace: PaceOptions,
  client = createEc2Client(1),
): (ms: number) => ZoneLister & InstanceInquirer & { readonly calls: Ec2Calls } {
  const within = (ms: number) => AbortSignal.timeout(Math.max(0, Math.round(ms)));
  return (ms) => {
    const { run, calls } = createPace(pace, within(ms));
    const lister = createZoneLister(client, run, within(ms * LISTING_SHARE));
    return { ...lister, ...createInquirer(client, { run, zoneFailures: ZONE_FAILURES }), calls };
  };
}
