import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { readRuntimeState } from '../statements/read-runtime-state.ts';

/** What the function state asks of the database, one method a statement. */
export function stateStore(database: Database) {
  const { one } = methodsOf(database);
  return {
    readRuntimeState: one(readRuntimeState),
  };
}

export const openStateStore = opened(stateStore);
