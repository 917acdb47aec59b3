import { userInitiated } from '../fleet/lifecycle.ts';
import { defineAction } from './action.ts';
import { changesXml, instanceIdParameters } from './state-changes.ts';

const done = ['shutting-down', 'terminated'];

/** Idempotent: what is shutting down or terminated is answered as it is. */
export const terminateInstances = defineAction(instanceIdParameters, (input, { sight, lifecycle }) =>
  changesXml(sight.require(input.InstanceId), (instance) => {
    if (!done.includes(instance.state)) lifecycle.terminate(instance, userInitiated);
  }),
);
