import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { adoptInstance } from '../statements/adopt-instance.ts';
import { askTerminations } from '../statements/ask-terminations.ts';
import { forgetSightings } from '../statements/forget-sightings.ts';
import { noteOrphans } from '../statements/note-orphans.ts';
import { readOwners } from '../statements/read-owners.ts';
import { readRegistry } from '../statements/read-registry.ts';
import { recordSightings } from '../statements/record-sightings.ts';

/** What the function orphans asks of the database, one method a statement. */
export function orphansStore(database: Database) {
  const { many, one, only } = methodsOf(database);
  return {
    readRegistry: only(readRegistry),
    readOwners: many(readOwners),
    forgetSightings: many(forgetSightings),
    recordSightings: many(recordSightings),
    adoptInstance: one(adoptInstance),
    askTerminations: many(askTerminations),
    noteOrphans: many(noteOrphans),
  };
}

export const openOrphansStore = opened(orphansStore);
