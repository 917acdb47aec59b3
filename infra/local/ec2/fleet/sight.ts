import { Ec2Error } from '../query/ec2-error.ts';
import type { Fleet } from './fleet.ts';
import type { Instance } from './instance.ts';
import { asOf } from './past.ts';

const instanceIdPattern = /^i-(?:[0-9a-f]{17}|[0-9a-f]{8})$/;

/** Shows an instance to nobody for so many milliseconds, or until `show`. */
export function hide(instance: Instance, ms = Number.POSITIVE_INFINITY): void {
  instance.hiddenUntil = Date.now() + ms;
}

export function show(instance: Instance): void {
  instance.hiddenUntil = 0;
}

/** What a caller of EC2 is shown of a fleet: nothing that is hidden, and all in the condition of some time ago. */
export class Sight {
  readonly #fleet: Fleet;
  readonly #staleMs: number;

  /** @param staleMs 0: as it is now, and then the very instances, to act on; else copies of those that changed since */
  constructor(fleet: Fleet, staleMs = 0) {
    this.#fleet = fleet;
    this.#staleMs = staleMs;
  }

  get(id: string): Instance | undefined {
    return this.#seen(this.#fleet.get(id));
  }

  /** In launch order those launched after `sequence` (0: all), of the Region or of one zone. */
  *after(sequence: number, zone?: string): Generator<Instance> {
    for (const instance of this.#fleet.after(sequence, zone)) {
      const seen = this.#seen(instance);
      if (seen) yield seen;
    }
  }

  withClientToken(token: string): Instance[] {
    return [...this.#fleet.withClientToken(token)].flatMap((instance) => this.#seen(instance) ?? []);
  }

  /**
   * The instances of these ids, each once, in launch order. One bad id fails the call, as on EC2.
   * @throws {Ec2Error} InvalidInstanceID.Malformed for the first that is no id, InvalidInstanceID.NotFound naming all
   * that are not to be seen.
   */
  require(ids: readonly string[]): Instance[] {
    const malformed = ids.find((id) => !instanceIdPattern.test(id));
    if (malformed !== undefined) throw new Ec2Error('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
    const unique = [...new Set(ids)];
    const found = new Map(unique.map((id) => [id, this.get(id)]));
    const missing = unique.filter((id) => !found.get(id));
    if (missing.length === 1) throw notFound(`The instance ID '${missing[0]}' does not exist`);
    if (missing.length > 1) throw notFound(`The instance IDs '${missing.join(', ')}' do not exist`);
    return [...found.values()].flatMap((instance) => instance ?? []).sort((a, b) => a.sequence - b.sequence);
  }

  #seen(instance: Instance | undefined): Instance | undefined {
    if (!instance) return undefined;
    const now = Date.now();
    if (instance.hiddenUntil > now) return undefined;
    return this.#staleMs === 0 ? instance : asOf(instance, now - this.#staleMs);
  }
}

function notFound(message: string): Ec2Error {
  return new Ec2Error('InvalidInstanceID.NotFound', message);
}
