import type { Instance } from '../fleet/instance.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import { defineAction } from './action.ts';
import { instanceIdParameters } from './state-changes.ts';

/** Asks for reboots. Those of terminated instances are ignored (API_RebootInstances); other states must be running. */
export const rebootInstances = defineAction(instanceIdParameters, (input, { sight, lifecycle }) => {
  const instances = sight.require(input.InstanceId);
  instances.forEach(checkRebootable);
  for (const instance of instances) if (instance.state === 'running') lifecycle.reboot(instance);
  return { return: true };
});

function checkRebootable({ id, state }: Instance): void {
  if (state === 'running' || state === 'shutting-down' || state === 'terminated') return;
  throw new Ec2Error('IncorrectInstanceState', `The instance '${id}' is not in the 'running' state.`);
}
