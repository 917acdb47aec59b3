import { randomBytes } from 'node:crypto';
import type { Instance, Launch, StateName } from './instance.ts';
import { LaunchOrder } from './launch-order.ts';
import type { Network } from './network.ts';

/** A new id of EC2's long form: `hexId('i')` is `i-` and 17 hexadecimal digits. */
export function hexId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}

/** All instances that EC2 has not forgotten, the hidden ones too; fleet/sight.ts says which of them it shows. */
export class Fleet {
  readonly #byId = new Map<string, Instance>();
  readonly #all = new LaunchOrder();
  readonly #byZone = new Map<string, LaunchOrder>();
  readonly #byToken = new Map<string, Set<Instance>>();
  readonly #network: Network;
  #launched = 0;

  constructor(network: Network) {
    this.#network = network;
  }

  /** Adds an instance in the given state; nothing boots and no event goes out. */
  add(launch: Launch, options: { launchIndex: number; tags: Iterable<[string, string]>; state: StateName }): Instance {
    const sequence = ++this.#launched;
    const launchTime = new Date();
    const instance: Instance = {
      id: hexId('i'),
      sequence,
      launch,
      launchIndex: options.launchIndex,
      privateIp: this.#network.addressOf(launch.zone, sequence),
      tags: new Map(options.tags),
      state: options.state,
      epoch: 0,
      launchTime,
      stateReason: options.state === 'pending' ? { code: 'pending', message: 'pending' } : undefined,
      stateTransitionReason: '',
      health: { system: 'ok', instance: 'ok' },
      createdAt: launchTime.getTime(),
      past: [],
      hiddenUntil: 0,
    };
    this.#byId.set(instance.id, instance);
    this.#all.append(instance);
    this.#inZone(launch.zone).append(instance);
    if (launch.clientToken !== undefined) this.#indexToken(launch.clientToken, instance);
    return instance;
  }

  /** Forgets a terminated instance: from now on its id is InvalidInstanceID.NotFound. */
  forget(instance: Instance): void {
    this.#byId.delete(instance.id);
    this.#all.remove(instance);
    this.#inZone(instance.launch.zone).remove(instance);
    if (instance.launch.clientToken !== undefined) this.#byToken.get(instance.launch.clientToken)?.delete(instance);
  }

  get(id: string): Instance | undefined {
    return this.#byId.get(id);
  }

  /** In launch order those launched after `sequence` (0: all), of the Region or of one zone. */
  after(sequence: number, zone?: string): Generator<Instance> {
    return (zone === undefined ? this.#all : this.#inZone(zone)).after(sequence);
  }

  withClientToken(token: string): Iterable<Instance> {
    return this.#byToken.get(token) ?? [];
  }

  #inZone(zone: string): LaunchOrder {
    const known = this.#byZone.get(zone);
    if (known) return known;
    const order = new LaunchOrder();
    this.#byZone.set(zone, order);
    return order;
  }

  #indexToken(token: string, instance: Instance): void {
    const sharing = this.#byToken.get(token);
    if (sharing) sharing.add(instance);
    else this.#byToken.set(token, new Set([instance]));
  }
}
