import type { Instance } from '../fleet/instance.ts';
import type { Sight } from '../fleet/sight.ts';
import type { Filter } from './filters.ts';
import { exactValues } from './filters.ts';

/** Goes in launch order over the instances launched after `sequence` (0: all) that a listing has to look at. */
export type Walk = (sequence: number) => Iterable<Instance>;

/**
 * The shortest way over all that these filters can let through: a look-up by id or token, or a listing of one zone, must
 * not cost a walk over 100,000 instances each.
 * @throws {Ec2Error} what EC2 says of ids that are malformed or not there.
 */
export function walkFor(ids: readonly string[], filters: readonly Filter[], sight: Sight): Walk {
  if (ids.length > 0) return over(sight.require(ids));
  const exact = (name: string) =>
    filters.filter((filter) => filter.Name === name).flatMap((it) => exactValues(it) ?? []);
  const [named] = exact('instance-id');
  if (named) return over([...named].flatMap((id) => sight.get(id) ?? []));
  const [tokens] = exact('client-token');
  if (tokens) return over([...tokens].flatMap((token) => sight.withClientToken(token)));
  const zone = exact('availability-zone').find(({ size }) => size === 1);
  return (sequence) => sight.after(sequence, zone && [...zone][0]);
}

function over(instances: readonly Instance[]): Walk {
  const ordered = instances.toSorted((a, b) => a.sequence - b.sequence);
  return (sequence) => ordered.filter((instance) => instance.sequence > sequence);
}
