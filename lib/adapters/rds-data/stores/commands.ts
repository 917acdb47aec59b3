import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { commandWorkspace } from '../statements/command-workspace.ts';
import { reissueToken } from '../statements/reissue-token.ts';

/** What the function commands asks of the database, one method a statement. */
export function commandsStore(database: Database) {
  const { one } = methodsOf(database);
  return {
    commandWorkspace: one(commandWorkspace),
    reissueToken: one(reissueToken),
  };
}

export const openCommandsStore = opened(commandsStore);
