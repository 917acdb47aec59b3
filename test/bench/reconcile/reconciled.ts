import type { PluginView, WorkspaceView } from '../../../lib/domain/workspace.ts';

type Store = {
  readWorkspace(key: { id: string }): Promise<Pick<WorkspaceView, 'reconcile_owed' | 'plugins'> | undefined>;
};

/**
 * How many of these workspaces the registry takes for reconciled: no reconcile is owed, and each plugin that is declared
 * is reported in its version, with no failure.
 * @param atOnce how many are read at once
 */
export async function countReconciled(store: Store, ids: readonly string[], atOnce: number): Promise<number> {
  let reconciled = 0;
  for (let at = 0; at < ids.length; at += atOnce) {
    const read = ids.slice(at, at + atOnce).map((id) => store.readWorkspace({ id }));
    for (const workspace of await Promise.all(read)) {
      if (workspace === undefined || workspace.reconcile_owed || workspace.plugins.length === 0) continue;
      if (workspace.plugins.every(isInPlace)) reconciled += 1;
    }
  }
  return reconciled;
}

const isInPlace = ({ declared_version, installed_version, failed_reason }: PluginView): boolean =>
  installed_version === declared_version && failed_reason === null;
