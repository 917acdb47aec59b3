import { createDataApiClient, createDatabase, type Database, type DatabaseConfig } from './database.ts';
import type { Statement } from './statement.ts';

/** Ways to make a store's methods of statements; each method throws StoreUnavailable when the database cannot be asked. */
export function methodsOf(database: Database) {
  return {
    many:
      <Input, Row>(statement: Statement<Input, Row>) =>
      (input: Input) =>
        database.run(statement, input),
    one:
      <Input, Row>(statement: Statement<Input, Row>) =>
      async (input: Input) =>
        (await database.run(statement, input))[0],
    /** For statements that always answer one row. */
    only:
      <Input, Row>(statement: Statement<Input, Row>) =>
      async (input: Input) => {
        const [row] = await database.run(statement, input);
        if (row === undefined) throw new Error('a statement that always answers a row answered none');
        return row;
      },
  };
}

/**
 * Opens a store over the database of the configuration.
 * @param tryMs milliseconds that one try of a statement may take; without it, what a caller waits for
 */
export const opened =
  <Store>(storeOf: (database: Database) => Store) =>
  (config: DatabaseConfig, tryMs?: number): Store =>
    storeOf(createDatabase(config, createDataApiClient(tryMs)));
