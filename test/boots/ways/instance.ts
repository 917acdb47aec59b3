import { join } from 'node:path';
import type { DeclaredPlugin, PublishedPlugin } from '../../../infra/local/artefacts/start-artefacts.ts';
import { eventually } from '../registry/persistently.ts';
import type { Booted, Boots } from '../run/boots.ts';
import { isOnDisk } from '../runtime/on-disk.ts';

/** A workspace on an instance that has what was declared for it. */
export type OnInstance = { readonly workspaceId: string; readonly plugin: DeclaredPlugin; readonly disk: string };

/** The disk of the instance that the workspace is on now. */
export async function diskOf({ stack, operator }: Boots, workspaceId: string): Promise<string> {
  const { instance_id } = await operator.workspace(workspaceId);
  return join(stack.folder, 'instances', instance_id ?? 'none');
}

export async function installedOnInstance(
  boots: Boots,
  { name, source }: { readonly name: string; readonly source: keyof PublishedPlugin },
): Promise<OnInstance> {
  const { operator, plugin, patience } = boots;
  const wanted = plugin.first[source];
  const { id } = await operator.create(name, wanted, false);
  const settled = async () => {
    const { status, reconcile_owed } = await operator.workspace(id);
    const disk = await diskOf(boots, id);
    return status === 'online' && !reconcile_owed && (await isOnDisk(disk, wanted)) ? disk : undefined;
  };
  return { workspaceId: id, plugin: wanted, disk: await eventually(`${name} to be there`, settled, patience) };
}

export async function statusBecomes({ operator, patience }: Boots, workspaceId: string, wanted: string): Promise<void> {
  const look = async () => ((await operator.workspace(workspaceId)).status === wanted ? true : undefined);
  await eventually(`${workspaceId} to be ${wanted}`, look, patience);
}

/** What begins with one of these events after all that is told by now. */
export async function bootedNow(
  boots: Boots,
  { workspaceId, plugin }: Pick<OnInstance, 'workspaceId' | 'plugin'>,
  ...begins: readonly string[]
): Promise<Booted> {
  const last = (await boots.operator.events(workspaceId)).at(-1);
  return { workspaceId, plugin, home: () => diskOf(boots, workspaceId), after: last?.id ?? 0, begins };
}
