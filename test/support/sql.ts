import { z } from 'zod';
import { createDatabase } from '../../lib/adapters/rds-data/database.ts';
import { statement } from '../../lib/adapters/rds-data/statement.ts';
import type { Value } from '../../lib/adapters/rds-data/value.ts';
import { CLUSTER_ARN, SECRET_ARN } from './provided.ts';
import { shared } from './shared.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const anyRow = z.record(z.string(), value);

/** Any statement through the Data API, in this file's database. @throws SqlError */
export async function sql(text: string, values: Readonly<Record<string, Value>> = {}, transactionId?: string) {
  const database = createDatabase({
    clusterArn: CLUSTER_ARN,
    secretArn: SECRET_ARN,
    name: shared.now.databaseName,
    budgetMs: 10_000,
  });
  return database.run(statement({ sql: text, bind: () => values, row: anyRow }), undefined, transactionId);
}
