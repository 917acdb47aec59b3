import { Fleet } from '../../../infra/local/ec2/fleet/fleet.ts';
import type { Launch, StateName } from '../../../infra/local/ec2/fleet/instance.ts';
import { Network } from '../../../infra/local/ec2/fleet/network.ts';

const launch: Launch = {
  reservationId: 'r-00000000000000000',
  imageId: 'ami-00000000000000000',
  instanceType: 'm1.small',
  zone: 'us-east-1a',
  subnetId: '',
  clientToken: undefined,
  userData: undefined,
  market: 'on-demand',
  rootDeviceType: 'ebs',
  tagsInMetadata: false,
};

/** A fleet without a server. */
export const newFleet = () => new Fleet(new Network(['us-east-1a', 'us-east-1b']));

/** Adds an instance to it, by nobody's call. */
export const addTo = (fleet: Fleet, state: StateName = 'running', launched: Partial<Launch> = {}) =>
  fleet.add({ ...launch, ...launched }, { launchIndex: 0, tags: [], state });
