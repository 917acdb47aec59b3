import { z } from 'zod';
import type { Instance } from '../fleet/instance.ts';
import { userInitiated } from '../fleet/lifecycle.ts';
import { Ec2Error } from '../query/ec2-error.ts';
import { boolean } from '../query/parameters.ts';
import { defineAction } from './action.ts';
import { changesXml, instanceIdParameters } from './state-changes.ts';

const parameters = z.strictObject({
  ...instanceIdParameters.shape,
  Force: boolean.optional(),
  SkipOsShutdown: boolean.optional(),
});

/** Stops what runs; what is stopping or stopped is answered as it is. One wrong state fails the whole call. */
export const stopInstances = defineAction(parameters, (input, { sight, lifecycle }) => {
  const instances = sight.require(input.InstanceId);
  instances.forEach(checkStoppable);
  return changesXml(instances, (instance) => {
    if (instance.state === 'running') lifecycle.stop(instance, userInitiated);
  });
});

function checkStoppable({ id, state, launch }: Instance): void {
  if (state === 'pending')
    throw incorrectState(`Instance '${id}' cannot be stopped as it has never reached the 'running' state.`);
  if (state === 'shutting-down' || state === 'terminated') {
    throw incorrectState(`This instance '${id}' is not in a state from which it can be stopped.`);
  }
  if (launch.rootDeviceType === 'instance-store') {
    throw new Ec2Error(
      'UnsupportedOperation',
      `The instance '${id}' does not have an 'ebs' root device type and cannot be stopped.`,
    );
  }
  if (launch.market === 'spot-one-time') {
    throw new Ec2Error(
      'UnsupportedOperation',
      `You can't stop the Spot Instance '${id}' because it is associated with a one-time Spot Instance request. ` +
        'You can only stop Spot Instances associated with persistent Spot Instance requests.',
    );
  }
}

function incorrectState(message: string): Ec2Error {
  return new Ec2Error('IncorrectInstanceState', message);
}
