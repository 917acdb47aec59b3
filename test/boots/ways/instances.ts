import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../registry/persistently.ts';
import type { Way } from '../run/boots.ts';
import { losePlugins } from '../runtime/on-disk.ts';
import { processOn, signal } from '../runtime/process-on.ts';
import { bootedNow, diskOf, installedOnInstance, statusBecomes } from './instance.ts';

/** An instance boots the reference agent, which registers and then beats. */
export const both: Way = async (boots, { name, source, turn }) => {
  await turn();
  const plugin = boots.plugin.first[source];
  const { id: workspaceId } = await boots.operator.create(name, plugin, false);
  return { workspaceId, plugin, home: () => diskOf(boots, workspaceId), after: 0, begins: ['register'] };
};

/** Its process says nothing until the registry takes it for offline, loses its plugins, and goes on beating. */
export const offlineAndBack: Way = async (boots, about) => {
  const there = await installedOnInstance(boots, about);
  await signal(there.disk, 'SIGSTOP');
  for (const status of ['degraded', 'offline']) {
    await boots.ageing.silence(there.workspaceId);
    await boots.schedules.run('liveness');
    await statusBecomes(boots, there.workspaceId, status);
  }
  await losePlugins(there.disk);
  await about.turn();
  const booted = await bootedNow(boots, there, 'beat_healthy', 'register');
  await signal(there.disk, 'SIGCONT');
  return booted;
};

/** Its instance is rebooted, and comes back with a disk that has lost its plugins. */
export const restarted: Way = async (boots, about) => {
  const there = await installedOnInstance(boots, about);
  await about.turn();
  const booted = await bootedNow(boots, there, 'register');
  // Else its last beats would tell of the loss before the restart.
  await signal(there.disk, 'SIGSTOP');
  await losePlugins(there.disk);
  await boots.operator.command(there.workspaceId, 'restart');
  return booted;
};

/** It gets another instance, whose disk is empty. */
export const replaced: Way = async (boots, about) => {
  const there = await installedOnInstance(boots, about);
  await about.turn();
  const booted = await bootedNow(boots, there, 'register');
  await boots.operator.command(there.workspaceId, 'restart?replace=true');
  return booted;
};

/** It is paused, loses its plugins while its instance is stopped, and is resumed. */
export const resumed: Way = async (boots, about) => {
  const there = await installedOnInstance(boots, about);
  await boots.operator.command(there.workspaceId, 'pause');
  const stopped = async () => ((await processOn(there.disk)) === undefined ? true : undefined);
  await eventually(`${about.name} to be stopped`, stopped, boots.patience);
  await losePlugins(there.disk);
  await about.turn();
  const booted = await bootedNow(boots, there, 'register');
  await boots.operator.command(there.workspaceId, 'resume');
  return booted;
};

/** No boot: another version is declared while it is online. */
export const declared: Way = async (boots, about) => {
  const there = await installedOnInstance(boots, about);
  const plugin = boots.plugin.second[about.source];
  await about.turn();
  const booted = await bootedNow(boots, { ...there, plugin }, 'declared');
  await boots.operator.declare(there.workspaceId, plugin);
  return booted;
};

/** No boot: somebody deletes the plugin on the box. */
export const vanished: Way = async (boots, about) => {
  const there = await installedOnInstance(boots, about);
  await about.turn();
  const booted = await bootedNow(boots, there, 'plugin_removed');
  await rm(join(there.disk, 'plugins', there.plugin.name), { recursive: true });
  return booted;
};
