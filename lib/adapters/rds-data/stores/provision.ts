import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { claimIdempotencyKey } from '../statements/claim-idempotency-key.ts';
import { claimOperations } from '../statements/claim-operations.ts';
import { commandWorkspace } from '../statements/command-workspace.ts';
import { createWorkspace } from '../statements/create-workspace.ts';
import { keepAnswer } from '../statements/keep-answer.ts';
import { readWorkspace } from '../statements/read-workspace.ts';
import { releaseIdempotencyKey } from '../statements/release-idempotency-key.ts';
import { settleOperations } from '../statements/settle-operations.ts';
import { launchingStore } from './launching.ts';

/** What the function provision asks of the database, one method a statement. */
export function provisionStore(database: Database) {
  const { many, one, only } = methodsOf(database);
  return {
    ...launchingStore(database),
    createWorkspace: only(createWorkspace),
    commandWorkspace: one(commandWorkspace),
    claimOperations: many(claimOperations),
    settleOperations: many(settleOperations),
    readWorkspace: one(readWorkspace),
    claimIdempotencyKey: only(claimIdempotencyKey),
    keepAnswer: one(keepAnswer),
    releaseIdempotencyKey: one(releaseIdempotencyKey),
  };
}

export const openProvisionStore = opened(provisionStore);
