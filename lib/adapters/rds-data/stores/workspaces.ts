import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { listEvents } from '../statements/list-events.ts';
import { listWorkspaces } from '../statements/list-workspaces.ts';
import { readWorkspace } from '../statements/read-workspace.ts';

/** What the function workspaces asks of the database, one method a statement. */
export function workspacesStore(database: Database) {
  const { many, one } = methodsOf(database);
  return {
    listWorkspaces: many(listWorkspaces),
    readWorkspace: one(readWorkspace),
    listEvents: many(listEvents),
  };
}

export const openWorkspacesStore = opened(workspacesStore);
