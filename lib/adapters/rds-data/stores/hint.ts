import type { NoteHintInput } from '../../../domain/hint.ts';
import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { claimHints } from '../statements/claim-hints.ts';
import { findCandidates } from '../statements/find-candidates.ts';
import { hastenOperations } from '../statements/hasten-operations.ts';
import { noteHint } from '../statements/note-hint.ts';
import { releaseHints } from '../statements/release-hints.ts';
import { replaceInterrupted } from '../statements/replace-interrupted.ts';
import { settleHints } from '../statements/settle-hints.ts';
import { takeHints } from '../statements/take-hints.ts';
import { confirmingStore } from './confirming.ts';

/** What the function hint asks of the database, one method a statement. */
export function hintStore(database: Database) {
  const { many, one, only } = methodsOf(database);
  return {
    ...confirmingStore(database),
    findCandidates: many(findCandidates),
    noteHint: async (input: NoteHintInput) => (await only(noteHint)(input)).answer,
    claimHints: one(claimHints),
    takeHints: many(takeHints),
    replaceInterrupted: many(replaceInterrupted),
    settleHints: many(settleHints),
    releaseHints: one(releaseHints),
    hastenOperations: many(hastenOperations),
  };
}

export const openHintStore = opened(hintStore);
