import { z } from 'zod';
import type { Ec2 } from '../actions/action.ts';
import type { Instance } from '../fleet/instance.ts';
import { userInitiated } from '../fleet/lifecycle.ts';
import { hide, show } from '../fleet/sight.ts';
import type { Machine } from '../machine/machine.ts';
import { ControlError } from './control-error.ts';
import { changeHealth, healthChange } from './health.ts';
import { hiding } from './hidden.ts';
import { untag, untagging } from './untag.ts';

/** Body of an outside stop or terminate: who did it, in EC2's words; a person when absent. */
const outsideChange = z.strictObject({
  reason: z.strictObject({ code: z.string(), message: z.string() }).default(userInitiated),
});

type Act = (instance: Instance, body: unknown, ec2: Ec2, machine: Machine) => Record<string, unknown>;

/**
 * What happens to an instance without a call of ours, by the last part of POST /_control/instances/{id}/….
 * `terminate` and `stop` take `{ reason: { code: 'Server.SpotInstanceTermination', message } }`.
 */
export const outsideActs: ReadonlyMap<string, Act> = new Map<string, Act>([
  [
    'kill-process',
    (instance, _body, _ec2, machine) => {
      const pid = machine.crash(instance);
      if (pid === undefined) throw new ControlError(409, `${instance.id} has no process (it is ${instance.state})`);
      return { pid, state: instance.state };
    },
  ],
  [
    'terminate',
    (instance, body, { lifecycle }) => {
      const { reason } = outsideChange.parse(body);
      const over = instance.state === 'shutting-down' || instance.state === 'terminated';
      if (!over) lifecycle.terminate(instance, reason);
      return { state: instance.state };
    },
  ],
  [
    'stop',
    (instance, body, { lifecycle }) => {
      const { reason } = outsideChange.parse(body);
      if (instance.state !== 'running') throw new ControlError(409, `${instance.id} is ${instance.state}, not running`);
      lifecycle.stop(instance, reason);
      return { state: instance.state };
    },
  ],
  [
    'health',
    (instance, body) => {
      changeHealth(instance, healthChange.parse(body));
      return { health: instance.health };
    },
  ],
  [
    'hide',
    (instance, body) => {
      hide(instance, hiding.parse(body).ms);
      return { state: instance.state };
    },
  ],
  [
    'show',
    (instance) => {
      show(instance);
      return { state: instance.state };
    },
  ],
  [
    'untag',
    (instance, body) => {
      untag(instance, untagging.parse(body).keys);
      return { tags: Object.fromEntries(instance.tags) };
    },
  ],
]);
