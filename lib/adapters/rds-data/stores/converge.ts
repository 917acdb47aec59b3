import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { askOperations } from '../statements/ask-operations.ts';
import { claimOperations } from '../statements/claim-operations.ts';
import { readDueOperation } from '../statements/read-due-operation.ts';
import { settleOperations } from '../statements/settle-operations.ts';
import { settlePrevious } from '../statements/settle-previous.ts';
import { spendBudget } from '../statements/spend-budget.ts';
import { launchingStore } from './launching.ts';

/** What the function converge asks of the database, one method a statement. */
export function convergeStore(database: Database) {
  const { many, one } = methodsOf(database);
  return {
    ...launchingStore(database),
    claimOperations: many(claimOperations),
    readDueOperation: one(readDueOperation),
    askOperations: many(askOperations),
    settleOperations: many(settleOperations),
    settlePrevious: many(settlePrevious),
    spendBudget: many(spendBudget),
  };
}

export const openConvergeStore = opened(convergeStore);
