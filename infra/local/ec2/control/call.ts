import { z } from 'zod';
import { compileValues, exactValues, filterList } from '../actions/filters.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { list } from '../query/parameters.ts';
import type { ParameterTree } from '../query/parse-form.ts';

/** A call as the faults look at it. */
export type Call = {
  readonly action: string;
  readonly parameters: ParameterTree;
  /** hidden instances too: it is their zone all the same */
  readonly fleet: Fleet;
};

const ids = list(z.string()).default([]);
const addressed = z.object({ Filter: filterList, InstanceId: ids, ResourceId: ids });

export function pageOf({ parameters }: Call): 'first' | 'later' {
  return parameters['NextToken'] === undefined ? 'first' : 'later';
}

/**
 * Whether the call is about a zone: its filters availability-zone decide, and where it has none, the instances that it
 * names by id. A call that EC2 could not read is about none.
 */
export function isAbout(zone: string, { parameters, fleet }: Call): boolean {
  const read = addressed.safeParse(parameters);
  if (!read.success) return false;
  const { Filter, InstanceId, ResourceId } = read.data;
  const zoneFilters = Filter.filter(({ Name }) => Name === 'availability-zone');
  if (zoneFilters.length > 0) return zoneFilters.every((filter) => compileValues(filter)(zone));
  const isThere = (id: string) => fleet.get(id)?.launch.zone === zone;
  if ([...InstanceId, ...ResourceId].some(isThere)) return true;
  return Filter.filter(({ Name }) => Name === 'instance-id').some((filter) => {
    const exact = exactValues(filter);
    if (exact) return [...exact].some(isThere);
    const matches = compileValues(filter);
    return [...fleet.after(0, zone)].some(({ id }) => matches(id));
  });
}
