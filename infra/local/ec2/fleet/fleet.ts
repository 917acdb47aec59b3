import { randomBytes } from 'node:crypto';
import { Ec2Error } from '../query/ec2-error.ts';
import type { Instance, Launch, StateName } from './instance.ts';
import type { Network } from './network.ts';

const instanceIdPattern = /^i-(?:[0-9a-f]{17}|[0-9a-f]{8})$/;

/** A new id of EC2's long form: `hexId('i')` is `i-` and 17 hexadecimal digits. */
export function hexId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}

/** All instances that EC2 can still see, in the order of their launch. */
export class Fleet {
  readonly #instances = new Map<string, Instance>();
  readonly #byToken = new Map<string, Set<Instance>>();
  readonly #network: Network;
  #launched = 0;

  constructor(network: Network) {
    this.#network = network;
  }

  /** Adds an instance in the given state; nothing boots and no event goes out. */
  add(launch: Launch, options: { launchIndex: number; tags: Iterable<[string, string]>; state: StateName }): Instance {
    const sequence = ++this.#launched;
    const instance: Instance = {
      id: hexId('i'),
      sequence,
      launch,
      launchIndex: options.launchIndex,
      privateIp: this.#network.addressOf(launch.zone, sequence),
      tags: new Map(options.tags),
      state: options.state,
      epoch: 0,
      launchTime: new Date(),
      stateReason: options.state === 'pending' ? { code: 'pending', message: 'pending' } : undefined,
      stateTransitionReason: '',
      health: { system: 'ok', instance: 'ok' },
    };
    this.#instances.set(instance.id, instance);
    if (launch.clientToken !== undefined) this.#indexToken(launch.clientToken, instance);
    return instance;
  }

  /** Forgets a terminated instance: from now on its id is InvalidInstanceID.NotFound. */
  forget(instance: Instance): void {
    this.#instances.delete(instance.id);
    if (instance.launch.clientToken !== undefined) this.#byToken.get(instance.launch.clientToken)?.delete(instance);
  }

  get(id: string): Instance | undefined {
    return this.#instances.get(id);
  }

  all(): Iterable<Instance> {
    return this.#instances.values();
  }

  withClientToken(token: string): Iterable<Instance> {
    return this.#byToken.get(token) ?? [];
  }

  /**
   * The instances of these ids, each once, in launch order. One bad id fails the call, as on EC2.
   * @throws {Ec2Error} InvalidInstanceID.Malformed for the first that is no id, InvalidInstanceID.NotFound naming all
   * that do not exist.
   */
  require(ids: readonly string[]): Instance[] {
    const malformed = ids.find((id) => !instanceIdPattern.test(id));
    if (malformed !== undefined) throw new Ec2Error('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
    const unique = [...new Set(ids)];
    const missing = unique.filter((id) => !this.#instances.has(id));
    if (missing.length === 1) throw notFound(`The instance ID '${missing[0]}' does not exist`);
    if (missing.length > 1) throw notFound(`The instance IDs '${missing.join(', ')}' do not exist`);
    return unique.flatMap((id) => this.get(id) ?? []).sort((a, b) => a.sequence - b.sequence);
  }

  #indexToken(token: string, instance: Instance): void {
    const sharing = this.#byToken.get(token);
    if (sharing) sharing.add(instance);
    else this.#byToken.set(token, new Set([instance]));
  }
}

function notFound(message: string): Ec2Error {
  return new Ec2Error('InvalidInstanceID.NotFound', message);
}
