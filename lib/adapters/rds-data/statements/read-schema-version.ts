import * as z from 'zod/mini';
import { statement } from '../statement.ts';

/** The newest migration that the database has. */
export const readSchemaVersion = statement({
  sql: `SELECT COALESCE(max(name), 'none') AS version FROM schema_migrations WHERE kind = 'migration'`,
  bind: () => ({}),
  row: z.object({ version: z.string() }),
});
