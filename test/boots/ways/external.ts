import { join } from 'node:path';
import type { Way } from '../run/boots.ts';
import { runBeating } from '../runtime/beating.ts';
import { runRegistering } from '../runtime/registering.ts';

/** It registers, and is told when to beat. */
export const registerFirst: Way = async ({ stack, operator, plugin, beside }, { name, source, turn }) => {
  const wanted = plugin.first[source];
  const { id, bootstrap_token = '' } = await operator.create(name, wanted, true);
  const home = join(stack.folder, 'runtimes', name);
  await turn();
  const bootstrap = { registryUrl: stack.api, workspaceId: id, generation: 1, bootstrapToken: bootstrap_token };
  beside(name, (stop) => runRegistering(bootstrap, home, stop));
  return { workspaceId: id, plugin: wanted, home: async () => home, after: 0, begins: ['register'] };
};

/** It has a token, and does nothing but beat. */
export const heartbeatOnly: Way = async ({ stack, operator, plugin, beside }, { name, source, turn }) => {
  const wanted = plugin.first[source];
  const { id } = await operator.create(name, wanted, true);
  const runtimeToken = await operator.reissueToken(id);
  const home = join(stack.folder, 'runtimes', name);
  await turn();
  beside(name, (stop) => runBeating({ registryUrl: stack.api, workspaceId: id, runtimeToken }, home, stop));
  return { workspaceId: id, plugin: wanted, home: async () => home, after: 0, begins: ['beat_healthy'] };
};
