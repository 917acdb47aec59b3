import { z } from 'zod';
import type { Fleet } from '../fleet/fleet.ts';
import type { Instance } from '../fleet/instance.ts';
import { list } from '../query/parameters.ts';
import { items } from '../query/xml.ts';
import { defineAction } from './action.ts';
import type { Field, Fields, Filter } from './filters.ts';
import { compileFilters, exactValues, filterList } from './filters.ts';
import { reservationsXml } from './instance-xml.ts';
import { checkPage, pageParameters, takePage } from './page.ts';

const parameters = z.strictObject({ InstanceId: list(z.string()).default([]), Filter: filterList, ...pageParameters });

const fields: Fields = new Map([
  ['instance-id', (instance) => [instance.id]],
  ['instance-state-name', (instance) => [instance.state]],
  ['availability-zone', (instance) => [instance.launch.zone]],
  ['client-token', (instance) => [instance.launch.clientToken ?? '']],
  ['tag-key', (instance) => [...instance.tags.keys()]],
]);

export const describeInstances = defineAction(parameters, (input, { fleet }) => {
  checkPage(input);
  const matches = compileFilters(input.Filter, fieldOf);
  const candidates = input.InstanceId.length > 0 ? fleet.require(input.InstanceId) : candidatesOf(input.Filter, fleet);
  const { instances, nextToken } = takePage(candidates, matches, input);
  return { reservationSet: items(reservationsXml(instances)), nextToken };
});

function fieldOf(name: string): Field | undefined {
  if (!name.startsWith('tag:')) return fields.get(name);
  const key = name.slice('tag:'.length);
  return ({ tags }) => {
    const value = tags.get(key);
    return value === undefined ? [] : [value];
  };
}

/** Look-ups by id or token must not cost a walk over 100,000 instances each. */
function candidatesOf(filters: readonly Filter[], fleet: Fleet): Iterable<Instance> {
  for (const filter of filters) {
    const exact = exactValues(filter);
    if (exact && filter.Name === 'instance-id') return inOrder([...exact].flatMap((id) => fleet.get(id) ?? []));
    if (exact && filter.Name === 'client-token') {
      return inOrder([...exact].flatMap((token) => [...fleet.withClientToken(token)]));
    }
  }
  return fleet.all();
}

function inOrder(instances: readonly Instance[]): Instance[] {
  return instances.toSorted((a, b) => a.sequence - b.sequence);
}
