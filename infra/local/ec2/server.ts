import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Ec2, LaunchTemplate } from './actions/action.ts';
import { Faults } from './control/faults.ts';
import { Fleet } from './fleet/fleet.ts';
import type { Instance } from './fleet/instance.ts';
import { Lifecycle, type Timings } from './fleet/lifecycle.ts';
import { Reservations } from './fleet/reservations.ts';
import { type Ec2StateChangeEvent, stateChangeEvent } from './fleet/state-change-event.ts';
import { type Machine, noMachine } from './machine/machine.ts';
import { answerQuery } from './query/answer-query.ts';

export type { LaunchTemplate } from './actions/action.ts';
export type { Timings } from './fleet/lifecycle.ts';
export type { Ec2StateChangeEvent } from './fleet/state-change-event.ts';

const defaultTimings: Timings = {
  pendingMs: 500,
  stoppingMs: 1_000,
  shuttingDownMs: 1_000,
  rebootMs: 500,
  terminatedVisibleMs: 3_600_000,
};

/** What RunInstances starts. */
export type Boot = { readonly kind: 'none' };

export type Ec2Options = {
  /** 0 or undefined: a free one */
  readonly port?: number;
  readonly region?: string;
  readonly zones?: readonly string[];
  readonly boot: Boot;
  readonly timings?: Partial<Timings>;
  /** by id (lt-…), for RunInstances' LaunchTemplate */
  readonly launchTemplates?: Readonly<Record<string, LaunchTemplate>>;
  /** Called with a whole EventBridge document at every change of state; what it throws is reported and forgotten. */
  readonly onStateChange?: (event: Ec2StateChangeEvent) => void | Promise<void>;
};

export type Ec2Server = {
  readonly url: string;
  /** the subnets that exist, one a zone: subnet id by zone */
  readonly subnetIds: Readonly<Record<string, string>>;
  /** Ends every instance process and waits for the deliveries that are under way. Disks stay. */
  stop(): Promise<void>;
};

/** Starts an EC2 endpoint for one Region on 127.0.0.1. */
export async function startEc2(options: Ec2Options): Promise<Ec2Server> {
  const region = options.region ?? 'us-east-1';
  const zones = options.zones ?? ['a', 'b', 'c'].map((letter) => region + letter);
  const subnetIds = Object.fromEntries(zones.map((zone, index) => [zone, subnetId(index)]));
  const timings = { ...defaultTimings, ...options.timings };
  const report = (error: unknown) => console.error('EC2 server:', error);
  const machine: Machine = noMachine;
  const deliveries = new Set<Promise<void>>();
  const publish = (instance: Instance) => {
    const event = stateChangeEvent(instance, region);
    const deliver = async () => options.onStateChange?.(event);
    const delivery = deliver()
      .catch(report)
      .finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
  };
  const fleet = new Fleet(zones);
  const lifecycle = new Lifecycle({ fleet, machine, timings, publish, report });
  const ec2: Ec2 = {
    fleet,
    lifecycle,
    reservations: new Reservations(),
    zones,
    subnets: new Map(Object.entries(subnetIds).map(([zone, id]) => [id, zone])),
    launchTemplates: new Map(Object.entries(options.launchTemplates ?? {})),
  };
  const faults = new Faults();

  const handle = (request: IncomingMessage, response: ServerResponse) => answerQuery(request, response, ec2, faults);
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      report(error);
      response.destroy();
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The EC2 server has no TCP address');

  return {
    url: `http://127.0.0.1:${address.port}`,
    subnetIds,
    async stop() {
      lifecycle.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, machine.stop(timings.stoppingMs)]);
      await Promise.all(deliveries);
    },
  };
}

function subnetId(index: number): string {
  return `subnet-${(index + 1).toString(16).padStart(17, '0')}`;
}
