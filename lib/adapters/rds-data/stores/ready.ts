import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { readSchemaVersion } from '../statements/read-schema-version.ts';

/** What the function ready asks of the database, one method a statement. */
export function readyStore(database: Database) {
  const { only } = methodsOf(database);
  return {
    readSchemaVersion: only(readSchemaVersion),
  };
}

export const openReadyStore = opened(readyStore);
