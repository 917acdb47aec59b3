import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { claimArchive } from '../statements/claim-archive.ts';
import { dropArchivedMonth } from '../statements/drop-archived-month.ts';
import { finishArchive } from '../statements/finish-archive.ts';
import { listArchivableMonths } from '../statements/list-archivable-months.ts';
import { purgeHints } from '../statements/purge-hints.ts';
import { purgeInstalledPlugins } from '../statements/purge-installed-plugins.ts';
import { purgePlans } from '../statements/purge-plans.ts';
import { purgeSightings } from '../statements/purge-sightings.ts';
import { readEventLines } from '../statements/read-event-lines.ts';
import { recordArchivedEvents } from '../statements/record-archived-events.ts';

/** What the function archive asks of the database, one method a statement. */
export function archiveStore(database: Database) {
  const { many, one, only } = methodsOf(database);
  return {
    claimArchive: one(claimArchive),
    finishArchive: one(finishArchive),
    listArchivableMonths: many(listArchivableMonths),
    readEventLines: many(readEventLines),
    recordArchivedEvents: only(recordArchivedEvents),
    dropArchivedMonth: only(dropArchivedMonth),
    purgePlans: many(purgePlans),
    purgeSightings: many(purgeSightings),
    purgeHints: many(purgeHints),
    purgeInstalledPlugins: many(purgeInstalledPlugins),
  };
}

export const openArchiveStore = opened(archiveStore);
