import type { Database } from '../database.ts';
import { methodsOf } from '../methods.ts';
import { clearDeadInstances } from '../statements/clear-dead-instances.ts';
import { flipInstances } from '../statements/flip-instances.ts';
import { oweStart } from '../statements/owe-start.ts';
import { resumeHeld } from '../statements/resume-held.ts';

/** What an answer of EC2 about an instance leads to: shared by sweep and hint. */
export function confirmingStore(database: Database) {
  const { many } = methodsOf(database);
  return {
    flipInstances: many(flipInstances),
    oweStart: many(oweStart),
    resumeHeld: many(resumeHeld),
    clearDeadInstances: many(clearDeadInstances),
  };
}
