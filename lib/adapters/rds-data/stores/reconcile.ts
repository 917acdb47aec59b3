import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { claimOf, claimReconcile } from '../statements/claim-reconcile.ts';
import { completeReconcile } from '../statements/complete-reconcile.ts';
import { listOwedReconciles } from '../statements/list-owed-reconciles.ts';
import { storePlan } from '../statements/store-plan.ts';

/** What the function reconcile asks of the database, one method a statement. */
export function reconcileStore(database: Database) {
  const { many, one } = methodsOf(database);
  return {
    claimReconcile: async (input: Parameters<typeof claimReconcile.bind>[0]) =>
      claimOf(await database.run(claimReconcile, input)),
    storePlan: one(storePlan),
    completeReconcile: one(completeReconcile),
    listOwedReconciles: many(listOwedReconciles),
  };
}

export const openReconcileStore = opened(reconcileStore);
