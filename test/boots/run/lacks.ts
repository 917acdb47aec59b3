import type { Operator } from '../registry/operator.ts';
import { isOnDisk } from '../runtime/on-disk.ts';
import type { Booted } from './boots.ts';

/** What is still not as it should be, by the registry or on the runtime's disk; undefined when all is. */
export async function lacks(
  operator: Pick<Operator, 'workspace'>,
  { workspaceId, plugin, home }: Pick<Booted, 'workspaceId' | 'plugin' | 'home'>,
): Promise<string | undefined> {
  const { status, plugins, reconcile_owed } = await operator.workspace(workspaceId);
  if (status !== 'online') return `the workspace is ${status}`;
  const shown = plugins.find(({ name }) => name === plugin.name);
  if (shown?.declared_version !== plugin.version) return `${shown?.declared_version} is declared`;
  if (shown.installed_version !== plugin.version) return `the registry shows ${shown.installed_version}`;
  if (shown.failed_reason !== null) return `the registry shows a failure: ${shown.failed_reason}`;
  if (reconcile_owed) return 'a reconcile is still owed';
  return (await isOnDisk(await home(), plugin)) ? undefined : 'the disk does not have it';
}
