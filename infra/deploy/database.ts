import { createDataApiClient, createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { readRegistry } from '../../lib/adapters/rds-data/statements/read-registry.ts';
import { migrateAll } from '../migrate.ts';
import type { Applied } from '../migrations/ledger.ts';
import { readLedger } from '../migrations/ledger.ts';
import type { MigrationTarget } from '../migrations/target.ts';

/** Long enough for a paused cluster to wake, in milliseconds. */
const BUDGET_MS = 60_000;
const TRY_MS = 45_000;

/** The database as a rollout sees it: as its owner, over the Data API. */
export type RolloutDatabase = {
  ledger(target: MigrationTarget): Promise<readonly Applied[]>;
  migrate(target: MigrationTarget): Promise<{ readonly applied: readonly string[]; readonly passwordSet: boolean }>;
  registryId(target: MigrationTarget): Promise<string>;
};

export function createRolloutDatabase(): RolloutDatabase {
  const asOwner = ({ clusterArn, ownerSecretArn: secretArn, name }: MigrationTarget) =>
    createDatabase({ clusterArn, secretArn, name, budgetMs: BUDGET_MS }, createDataApiClient(TRY_MS));
  return {
    ledger: (target) => readLedger(asOwner(target)),
    migrate: migrateAll,
    async registryId(target) {
      const [registry] = await asOwner(target).run(readRegistry, {});
      if (registry === undefined) throw new Error('the database does not know which registry it is');
      return registry.registryId;
    },
  };
}
