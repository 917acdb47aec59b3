import { NIL as FIRST_ID } from 'uuid';
import { WorkspaceNotFound } from '../../lib/domain/errors.ts';
import { page } from '../../lib/domain/page.ts';
import type { EventView, ListWorkspacesInput, WorkspaceView } from '../../lib/domain/workspace.ts';
import type { ListQuery } from './schema.ts';

type Ports = {
  readonly store: {
    listWorkspaces(page: ListWorkspacesInput): Promise<readonly WorkspaceView[]>;
    readWorkspace(key: { id: string }): Promise<WorkspaceView | undefined>;
    listEvents(page: { workspaceId: string; before: number | null; limit: number }): Promise<readonly EventView[]>;
  };
};

const idOf = <Id>({ id }: { readonly id: Id }): Id => id;

/** What operators read: the fleet, one workspace, its history. Pages by key, so that none shifts while one reads. */
export function createWorkspaces({ store }: Ports) {
  const found = async (id: string) => {
    const workspace = await store.readWorkspace({ id });
    if (workspace === undefined) throw new WorkspaceNotFound(id);
    return workspace;
  };
  return {
    list({ cursor, limit, status, runtime, label, stale_seconds }: ListQuery) {
      const filters = {
        statuses: status ?? null,
        runtime: runtime ?? null,
        labels: label ?? null,
        staleSeconds: stale_seconds ?? null,
      };
      const read = (rows: number) => store.listWorkspaces({ after: cursor ?? FIRST_ID, limit: rows, ...filters });
      return page(limit, read, idOf);
    },

    get: found,

    async events(id: string, { cursor, limit }: { cursor?: number | undefined; limit: number }) {
      const read = (rows: number) => store.listEvents({ workspaceId: id, before: cursor ?? null, limit: rows });
      const events = await page(limit, read, idOf);
      if (events.items.length === 0) await found(id);
      return events;
    },
  };
}
