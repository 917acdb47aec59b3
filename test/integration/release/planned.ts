import { z } from 'zod';
import { toPositional } from '../../../infra/local/data-api/named-parameters.ts';
import { statement } from '../../../lib/adapters/rds-data/statement.ts';
import { database } from '../../support/database.ts';

/** Has a statement planned as the functions' role, and not run: names, types and rights are looked up. */
export function plan(sql: string): Promise<readonly unknown[]> {
  const names = toPositional(sql).names;
  const explain = statement({
    sql: `EXPLAIN ${sql}`,
    bind: () => Object.fromEntries(names.map((name) => [name, null])),
    row: z.unknown(),
  });
  return database.run(explain, undefined);
}
