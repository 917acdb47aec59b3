import { z } from 'zod';
import type { Instance } from '../fleet/instance.ts';
import { list } from '../query/parameters.ts';
import type { XmlNode } from '../query/xml.ts';
import { items } from '../query/xml.ts';
import { stateXml } from './instance-xml.ts';

/** The parameters of Start, Reboot and Terminate. */
export const instanceIdParameters = z.strictObject({ InstanceId: list(z.string()) });

/** Acts on each instance and answers with the states before and after, as Start, Stop and Terminate do. */
export function changesXml(instances: readonly Instance[], act: (instance: Instance) => void): XmlNode {
  return {
    instancesSet: items(
      instances.map((instance) => {
        const previousState = stateXml(instance.state);
        act(instance);
        return { instanceId: instance.id, currentState: stateXml(instance.state), previousState };
      }),
    ),
  };
}
