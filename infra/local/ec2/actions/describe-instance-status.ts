import { z } from 'zod';
import type { HealthStatus, Instance } from '../fleet/instance.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import { boolean, list } from '../query/parameters.ts';
import type { XmlNode } from '../query/xml.ts';
import { items } from '../query/xml.ts';
import { defineAction } from './action.ts';
import type { Fields } from './filters.ts';
import { compileFilters, filterList } from './filters.ts';
import { stateXml } from './instance-xml.ts';
import { checkPage, pageParameters, takePage } from './page.ts';
import { walkFor } from './walk.ts';

const parameters = z.strictObject({
  InstanceId: list(z.string()).default([]),
  Filter: filterList,
  IncludeAllInstances: boolean.default(false),
  ...pageParameters,
});

const maxInstanceIds = 100;
const reachability = { ok: 'passed', impaired: 'failed' };

const fields: Fields = new Map([
  ['instance-state-name', (instance) => [instance.state]],
  ['availability-zone', (instance) => [instance.launch.zone]],
  ['instance-status.status', (instance) => [statusOf(instance, instance.health.instance)]],
  ['instance-status.reachability', (instance) => reachabilityOf(statusOf(instance, instance.health.instance))],
  ['system-status.status', (instance) => [statusOf(instance, instance.health.system)]],
  ['system-status.reachability', (instance) => reachabilityOf(statusOf(instance, instance.health.system))],
]);

/** Running instances only, unless IncludeAllInstances; what does not run has no status to speak of. */
export const describeInstanceStatus = defineAction(parameters, (input, { sight }) => {
  checkPage(input);
  checkCount(input.InstanceId.length);
  const matches = compileFilters(input.Filter, (name) => fields.get(name));
  const shown = (instance: Instance) =>
    (input.IncludeAllInstances || instance.state === 'running') && matches(instance);
  const { instances, nextToken } = takePage(walkFor(input.InstanceId, input.Filter, sight), shown, input);
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

/** EC2's words, its spelling too. */
function checkCount(ids: number): void {
  if (ids <= maxInstanceIds) return;
  const limit = `${ids} exceeds the maximum number of instance IDs that can be specificied (${maxInstanceIds}).`;
  throw new Ec2Error('InvalidRequest', `${limit} Please specify fewer than ${maxInstanceIds} instance IDs.`);
}

type Status = HealthStatus | 'not-applicable';

function statusOf(instance: Instance, status: HealthStatus): Status {
  return instance.state === 'running' ? status : 'not-applicable';
}

/** What does not run is neither reached nor not reached. */
function reachabilityOf(status: Status): string[] {
  if (status === 'not-applicable') return [];
  return [status === 'ok' || status === 'impaired' ? reachability[status] : status];
}

function summaryXml(status: Status): XmlNode {
  const [reached] = reachabilityOf(status);
  if (reached === undefined) return { status };
  return { status, details: items([{ name: 'reachability', status: reached }]) };
}
