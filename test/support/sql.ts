import { z } from 'zod';
import { SqlError } from '../../lib/adapters/rds-data/errors.ts';
import { statement } from '../../lib/adapters/rds-data/statement.ts';
import type { Value } from '../../lib/adapters/rds-data/value.ts';
import { ownersDatabase } from './database.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const anyRow = z.record(z.string(), value);

/** Any statement through the Data API, in this file's database, as its owner. @throws SqlError */
export async function sql(text: string, values: Readonly<Record<string, Value>> = {}) {
  return ownersDatabase.run(statement({ sql: text, bind: () => values, row: anyRow }), undefined);
}

/** The SQLSTATE with which PostgreSQL refuses; undefined if it does not, and whatever else went wrong as it is. */
export async function sqlState(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SqlError ? error.sqlState : error;
}
