import type { Database } from '../database.ts';
import { methodsOf, opened } from '../methods.ts';
import { listDeclarations } from '../statements/list-declarations.ts';
import { readDeclaration } from '../statements/read-declaration.ts';
import { diffIn, readDeclarationDiff } from '../statements/read-declaration-diff.ts';
import { writeDeclaration } from '../statements/write-declaration.ts';

/** What the function declaration asks of the database, one method a statement. */
export function declarationStore(database: Database) {
  const { many, one } = methodsOf(database);
  return {
    readDeclaration: one(readDeclaration),
    readDeclarationDiff: async (input: Parameters<typeof readDeclarationDiff.bind>[0]) =>
      diffIn(await database.run(readDeclarationDiff, input)),
    listDeclarations: many(listDeclarations),
    writeDeclaration: one(writeDeclaration),
  };
}

export const openDeclarationStore = opened(declarationStore);
