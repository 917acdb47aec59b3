import { z } from 'zod';
import type { HealthStatus, Instance } from '../fleet/instance.ts';
import { boolean, list } from '../query/parameters.ts';
import type { XmlNode } from '../query/xml.ts';
import { items } from '../query/xml.ts';
import { defineAction } from './action.ts';
import type { Fields } from './filters.ts';
import { compileFilters, filterList } from './filters.ts';
import { stateXml } from './instance-xml.ts';
import { checkPage, pageParameters, takePage } from './page.ts';

const parameters = z.strictObject({
  InstanceId: list(z.string()).default([]),
  Filter: filterList,
  IncludeAllInstances: boolean.default(false),
  ...pageParameters,
});

const fields: Fields = new Map([
  ['instance-state-name', (instance) => [instance.state]],
  ['availability-zone', (instance) => [instance.launch.zone]],
  ['instance-status.status', (instance) => [statusOf(instance, instance.health.instance)]],
  ['system-status.status', (instance) => [statusOf(instance, instance.health.system)]],
]);

/** Running instances only, unless IncludeAllInstances; what does not run has no status to speak of. */
export const describeInstanceStatus = defineAction(parameters, (input, { fleet }) => {
  checkPage(input);
  const matches = compileFilters(input.Filter, (name) => fields.get(name));
  const shown = (instance: Instance) =>
    (input.IncludeAllInstances || instance.state === 'running') && matches(instance);
  const candidates = input.InstanceId.length > 0 ? fleet.require(input.InstanceId) : fleet.all();
  const { instances, nextToken } = takePage(candidates, shown, input);
  return { instanceStatusSet: items(instances.map(statusXml)), nextToken };
});

function statusXml(instance: Instance): XmlNode {
  return {
    instanceId: instance.id,
    availabilityZone: instance.launch.zone,
    instanceState: stateXml(instance.state),
    systemStatus: summaryXml(statusOf(instance, instance.health.system)),
    instanceStatus: summaryXml(statusOf(instance, instance.health.instance)),
  };
}

function statusOf(instance: Instance, status: HealthStatus): HealthStatus | 'not-applicable' {
  return instance.state === 'running' ? status : 'not-applicable';
}

const reachability = { ok: 'passed', impaired: 'failed' };

function summaryXml(status: HealthStatus | 'not-applicable'): XmlNode {
  if (status === 'not-applicable') return { status };
  const reached = status === 'ok' || status === 'impaired' ? reachability[status] : status;
  return { status, details: items([{ name: 'reachability', status: reached }]) };
}
