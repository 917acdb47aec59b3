import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { advanceSweep } from '../statements/advance-sweep.ts';
import { claimSweep } from '../statements/claim-sweep.ts';
import { finishSweep } from '../statements/finish-sweep.ts';
import { flipAbsent } from '../statements/flip-absent.ts';
import { forgetAbsences } from '../statements/forget-absences.ts';
import { noteAbsences } from '../statements/note-absences.ts';
import { readAbsences } from '../statements/read-absences.ts';
import { readCandidates } from '../statements/read-candidates.ts';
import { readRegistry } from '../statements/read-registry.ts';
import { readStanding } from '../statements/read-standing.ts';
import { confirmingStore } from './confirming.ts';

/** What the function sweep asks of the database, one method a statement. */
export function sweepStore(database: Database) {
  const { many, one, only } = methodsOf(database);
  return {
    ...confirmingStore(database),
    claimSweep: one(claimSweep),
    advanceSweep: one(advanceSweep),
    finishSweep: one(finishSweep),
    readCandidates: many(readCandidates),
    noteAbsences: many(noteAbsences),
    readAbsences: many(readAbsences),
    readStanding: one(readStanding),
    forgetAbsences: many(forgetAbsences),
    flipAbsent: many(flipAbsent),
    readRegistry: only(readRegistry),
  };
}

export const openSweepStore = opened(sweepStore);
