import type { Ec2 } from './actions/action.ts';
import { answerControl } from './control/answer-control.ts';
import { Faults } from './control/faults.ts';
import { Deliveries } from './fleet/deliveries.ts';
import { Fleet } from './fleet/fleet.ts';
import type { Instance } from './fleet/instance.ts';
import type { Timings } from './fleet/lifecycle.ts';
import { Lifecycle } from './fleet/lifecycle.ts';
import { Network } from './fleet/network.ts';
import { Reservations } from './fleet/reservations.ts';
import { Sight } from './fleet/sight.ts';
import type { Ec2StateChangeEvent } from './fleet/state-change-event.ts';
import { stateChangeEvent } from './fleet/state-change-event.ts';
import { listen } from './http/listen.ts';
import type { LaunchTemplate } from './launch-templates/launch-template.ts';
import { launchTemplate } from './launch-templates/launch-template.ts';
import { LaunchTemplates } from './launch-templates/launch-templates.ts';
import type { ProcessBoot } from './machine/instance-process.ts';
import { noMachine } from './machine/machine.ts';
import { ProcessMachine } from './machine/process-machine.ts';
import { answerQuery } from './query/answer-query.ts';

export type { Ec2StateChangeEvent } from './fleet/state-change-event.ts';

const defaultTimings: Timings = {
  pendingMs: 500,
  stoppingMs: 1_000,
  shuttingDownMs: 1_000,
  rebootMs: 500,
  terminatedVisibleMs: 3_600_000,
  visibleAfterMs: 0,
};

/** What RunInstances starts: a process each, with its disk in a folder of `folder`, or nothing. */
export type Boot = ({ readonly kind: 'process'; readonly folder: string } & ProcessBoot) | { readonly kind: 'none' };

export type Ec2Options = {
  /** us-east-1 when absent */
  readonly region?: string;
  /** the Region's a, b and c when absent */
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
  /** Begins anew, at the same address: without instances, faults and counted calls, and with the first templates. */
  reset(): Promise<void>;
  /** Ends every instance process and waits for the deliveries that are under way. Disks stay. */
  stop(): Promise<void>;
};

/**
 * Starts an EC2 endpoint for one Region on 127.0.0.1, with the control routes of control/answer-control.ts beside it.
 * Any credentials and any image id are good.
 */
export async function startEc2(options: Ec2Options): Promise<Ec2Server> {
  const { boot, region = 'us-east-1', zones = ['a', 'b', 'c'].map((letter) => region + letter) } = options;
  const timings = { ...defaultTimings, ...options.timings };
  const report = (error: unknown) => console.error('EC2 server:', error);
  const machine = boot.kind === 'process' ? new ProcessMachine(boot, boot.folder, region) : noMachine;
  const deliveries = new Deliveries(options.onStateChange ?? (() => {}), report);
  const network = new Network(zones);
  const begin = () => {
    const fleet = new Fleet(network);
    const publish = (instance: Instance) => deliveries.deliver(stateChangeEvent(instance, region));
    const lifecycle = new Lifecycle({ fleet, machine, timings, publish, report });
    const launchTemplates = new LaunchTemplates();
    for (const [id, template] of Object.entries(options.launchTemplates ?? {})) {
      launchTemplates.put(id, launchTemplate.parse(template));
    }
    const sight = new Sight(fleet);
    const ec2: Ec2 = { fleet, sight, lifecycle, network, reservations: new Reservations(), launchTemplates };
    return { ec2, faults: new Faults() };
  };
  let world = begin();

  const listener = await listen((request, response) =>
    request.url?.startsWith('/_control/')
      ? answerControl(request, response, { ...world, machine })
      : answerQuery(request, response, world.ec2, world.faults),
  );
  return {
    url: listener.url,
    subnetIds: network.subnetIds,
    async reset() {
      world.ec2.lifecycle.close();
      await machine.stop(timings.stoppingMs);
      world = begin();
    },
    async stop() {
      world.ec2.lifecycle.close();
      await Promise.all([listener.stop(), machine.stop(timings.stoppingMs)]);
      await deliveries.settled();
    },
  };
}
