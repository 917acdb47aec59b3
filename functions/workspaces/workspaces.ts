import { NIL as FIRST_ID } from 'uuid';
import { ResultTooLarge, WorkspaceNotFound } from '../../lib/domain/errors.ts';
import type { EventView, ListWorkspacesInput, WorkspaceView } from '../../lib/domain/workspace.ts';
import type { ListQuery } from './schema.ts';

type Ports = {
  readonly store: {
    listWorkspaces(page: ListWorkspacesInput): Promise<readonly WorkspaceView[]>;
    readWorkspace(key: { id: string }): Promise<WorkspaceView | undefined>;
    listEvents(page: { workspaceId: string; before: number | null; limit: number }): Promise<readonly EventView[]>;
  };
};

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
      return page(limit, (rows) => store.listWorkspaces({ after: cursor ?? FIRST_ID, limit: rows, ...filters }));
    },

    get: found,

    async events(id: string, { cursor, limit }: { cursor?: number | undefined; limit: number }) {
      const events = await page(limit, (rows) =>
        store.listEvents({ workspaceId: id, before: cursor ?? null, limit: rows }),
      );
      if (events.items.length === 0) await found(id);
      return events;
    },
  };
}

/**
 * One row more than the page is read: its presence says that there is a next one. Rows that outgrow what one call may
 * carry (1 MiB) make the page shorter, never an error.
 */
async function page<Row extends { id: string | number }>(
  limit: number,
  read: (rows: number) => Promise<readonly Row[]>,
): Promise<{ items: readonly Row[]; next_cursor: string | null }> {
  try {
    const rows = await read(limit + 1);
    const items = rows.slice(0, limit);
    return { items, next_cursor: rows.length > limit ? String(items.at(-1)?.id) : null };
  } catch (error) {
    if (!(error instanceof ResultTooLarge) || limit === 1) throw error;
    return page(Math.floor(limit / 2), read);
  }
}
