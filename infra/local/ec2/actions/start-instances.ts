import type { Instance } from '../fleet/instance.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import { defineAction } from './action.ts';
import { changesXml, instanceIdParameters } from './state-changes.ts';

/** Starts what is stopped; what is pending or running is answered as it is. One wrong state fails the whole call. */
export const startInstances = defineAction(instanceIdParameters, (input, { sight, lifecycle }) => {
  const instances = sight.require(input.InstanceId);
  instances.forEach(checkStartable);
  return changesXml(instances, (instance) => {
    if (instance.state === 'stopped') lifecycle.start(instance);
  });
});

function checkStartable({ id, state }: Instance): void {
  if (state === 'stopped' || state === 'pending' || state === 'running') return;
  const message = `The instance '${id}' is not in a state from which it can be started.`;
  throw new Ec2Error('IncorrectInstanceState', message);
}
