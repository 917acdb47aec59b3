import { Ec2Error } from '../query/ec2-error.ts';
import type { Instance } from './instance.ts';

type Remembered = { readonly request: string | undefined; readonly instances: readonly Instance[] };

/**
 * What RunInstances did for each ClientToken. A token that was used gives back its instances for ever, whatever became
 * of them, also when EC2 describes them no longer. EC2's list of error codes also has IdempotentInstanceTerminated for
 * that case; the dead instance is the harder one for a caller, who must notice.
 *
 * A token counts for one zone when the request names one (by Placement or by its subnet), else for the Region: the
 * same token in another zone launches again.
 * Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html#run-instances-idempotency
 */
export class Reservations {
  readonly #byToken = new Map<string, Remembered>();

  /**
   * The instances that this token launched, or undefined when it is new.
   * @throws {Ec2Error} IdempotentParameterMismatch when it was used for another request.
   */
  find(token: string, zone: string | undefined, request: string): readonly Instance[] | undefined {
    const remembered = this.#byToken.get(key(token, zone));
    if (remembered?.request !== undefined && remembered.request !== request) {
      throw new Ec2Error(
        'IdempotentParameterMismatch',
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      );
    }
    return remembered?.instances;
  }

  remember(token: string, zone: string | undefined, request: string, instances: readonly Instance[]): void {
    this.#byToken.set(key(token, zone), { request, instances });
  }

  /** Remembers instances whose request is not known: any with this token, in their zone or in none, is given them. */
  adopt(token: string, instances: readonly Instance[]): void {
    this.#byToken.set(key(token, undefined), { request: undefined, instances });
    for (const [zone, members] of Map.groupBy(instances, ({ launch }) => launch.zone)) {
      this.#byToken.set(key(token, zone), { request: undefined, instances: members });
    }
  }
}

function key(token: string, zone: string | undefined): string {
  return JSON.stringify([token, zone ?? '']);
}
