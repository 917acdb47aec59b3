import type { Database } from '../database.ts';
import { methodsOf } from '../methods.ts';
import { beginLaunch } from '../statements/begin-launch.ts';
import { disownInstance } from '../statements/disown-instance.ts';
import { failLaunch } from '../statements/fail-launch.ts';
import { finaliseLaunch } from '../statements/finalise-launch.ts';
import { noteUnknownLaunch } from '../statements/note-unknown-launch.ts';
import { takeLaunchSlot } from '../statements/take-launch-slot.ts';

/** The launch of an instance and its finalisation: shared by provision and converge. */
export function launchingStore(database: Database) {
  const { one } = methodsOf(database);
  return {
    finaliseLaunch: one(finaliseLaunch),
    failLaunch: one(failLaunch),
    noteUnknownLaunch: one(noteUnknownLaunch),
    disownInstance: one(disownInstance),
    takeLaunchSlot: one(takeLaunchSlot),
    beginLaunch: one(beginLaunch),
  };
}
