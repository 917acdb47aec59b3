import { createTransactions } from '../../infra/migrations/transactions.ts';
import { createDataApiClient, createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { CLUSTER_ARN, OWNER_SECRET_ARN, SECRET_ARN } from './provided.ts';
import { shared } from './shared.ts';

export const databaseConfig = {
  clusterArn: CLUSTER_ARN,
  secretArn: SECRET_ARN,
  name: shared.now.databaseName,
  budgetMs: 10_000,
};

const client = createDataApiClient();

/** This file's database, over the Data API, as the functions see it. */
export const database = createDatabase(databaseConfig, client);

/** The same as its owner: what ages rows, and arranges what no function does. */
export const ownersDatabase = createDatabase({ ...databaseConfig, secretArn: OWNER_SECRET_ARN }, client);

/** Transactions that stay open as long as a test wants, so that others come to wait for what they hold. */
export const transactions = createTransactions(client, databaseConfig);

/** Closes this database's pooled connections, so that new ones take its settings and old ones leave their statistics. */
export const dropPool = (dataApiUrl = shared.now.dataApiUrl) =>
  fetch(`${dataApiUrl}/_control/pools/${databaseConfig.name}`, { method: 'DELETE' });
