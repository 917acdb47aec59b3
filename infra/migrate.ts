import { join } from 'node:path';
import type { DatabaseConfig } from '../lib/adapters/rds-data/database.ts';
import { createDataApiClient, createDatabase } from '../lib/adapters/rds-data/database.ts';
import { CONFIG, readConfig } from '../lib/config.ts';
import { applyMigrations } from './migrations/apply.ts';
import { readMigrationFiles } from './migrations/files.ts';
import { createTransactions } from './migrations/transactions.ts';

/** Long enough for a paused cluster to wake, and for a statement that takes as long as the Data API lets it: ms. */
const BUDGET_MS = 90_000;
const TRY_MS = 50_000;

/**
 * Brings the database of the configuration to the level of infra/migrations, over the Data API.
 * @returns the names of the files that this run applied
 */
export async function migrate(config: DatabaseConfig, folder = join(import.meta.dirname, 'migrations')) {
  const client = createDataApiClient(TRY_MS);
  const files = await readMigrationFiles(folder);
  return applyMigrations(createDatabase(config, client), createTransactions(client, config), files);
}

if (process.argv[1] === import.meta.filename) {
  try {
    const { applied } = await migrate({ ...readConfig(CONFIG.database), budgetMs: BUDGET_MS });
    process.stdout.write(applied.length === 0 ? 'nothing to apply\n' : `applied ${applied.join(', ')}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
