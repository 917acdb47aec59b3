import { z } from 'zod';
import { list } from '../query/parameters.ts';
import { items } from '../query/xml.ts';
import { defineAction } from './action.ts';
import type { Field, Fields } from './filters.ts';
import { compileFilters, filterList } from './filters.ts';
import { reservationsXml } from './instance-xml.ts';
import { checkPage, pageParameters, takePage } from './page.ts';
import { walkFor } from './walk.ts';

const parameters = z.strictObject({ InstanceId: list(z.string()).default([]), Filter: filterList, ...pageParameters });

const fields: Fields = new Map([
  ['instance-id', (instance) => [instance.id]],
  ['instance-state-name', (instance) => [instance.state]],
  ['availability-zone', (instance) => [instance.launch.zone]],
  ['client-token', (instance) => [instance.launch.clientToken ?? '']],
  ['tag-key', (instance) => [...instance.tags.keys()]],
]);

export const describeInstances = defineAction(parameters, (input, { sight }) => {
  checkPage(input);
  const matches = compileFilters(input.Filter, fieldOf);
  const { instances, nextToken } = takePage(walkFor(input.InstanceId, input.Filter, sight), matches, input);
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
