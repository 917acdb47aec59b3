import { WorkspaceNotFound } from '../../lib/domain/errors.ts';
import type { EventView, WorkspaceView } from '../../lib/domain/workspace.ts';

type Ports = {
  readonly store: {
    listWorkspaces(page: { after: string; limit: number }): Promise<readonly WorkspaceView[]>;
    readWorkspace(key: { id: string }): Promise<WorkspaceView | undefined>;
    listEvents(page: { workspaceId: string; before: number | null; limit: number }): Promise<readonly EventView[]>;
  };
};

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** What operators read: the fleet, one workspace, its history. Pages by key, so that none shifts while one reads. */
export function createWorkspaces({ store }: Ports) {
  const found = async (id: string) => {
    const workspace = await store.readWorkspace({ id });
    if (workspace === undefined) throw new WorkspaceNotFound(id);
    return workspace;
  };
  return {
    async list({ cursor, limit }: { cursor?: string | undefined; limit: number }) {
      const rows = await store.listWorkspaces({ after: cursor ?? FIRST_ID, limit: limit + 1 });
      return page(rows, limit);
    },

    get: found,

    async events(id: string, { cursor, limit }: { cursor?: number | undefined; limit: number }) {
      const rows = await store.listEvents({ workspaceId: id, before: cursor ?? null, limit: limit + 1 });
      if (rows.length === 0) await found(id);
      return page(rows, limit);
    },
  };
}

/** One row more than the page was read: its presence says that there is a next one. */
function page<Row extends { id: string | number }>(rows: readonly Row[], limit: number) {
  const items = rows.slice(0, limit);
  return { items, next_cursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}
