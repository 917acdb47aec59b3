import { z } from 'zod';
import type { Database } from '../../lib/adapters/rds-data/database.ts';
import { SqlError } from '../../lib/adapters/rds-data/errors.ts';
import { statement } from '../../lib/adapters/rds-data/statement.ts';
import type { MigrationFile, MigrationKind } from './files.ts';

export type Applied = { readonly kind: MigrationKind; readonly name: string; readonly sha256: string };

const readApplied = statement({
  sql: 'SELECT kind, name, sha256 FROM schema_migrations ORDER BY kind, name COLLATE "C"',
  bind: () => ({}),
  row: z.object({ kind: z.enum(['migration', 'routine']), name: z.string(), sha256: z.string() }),
});

const NO_SUCH_TABLE = '42P01';

/** What was applied to a database; nothing for one that no migration has seen. */
export async function readLedger(database: Pick<Database, 'run'>): Promise<readonly Applied[]> {
  try {
    return await database.run(readApplied, undefined);
  } catch (error) {
    if (error instanceof SqlError && error.sqlState === NO_SUCH_TABLE) return [];
    throw error;
  }
}

/** The files that a migration run would apply. */
export function pendingOf(files: readonly MigrationFile[], ledger: readonly Applied[]): readonly MigrationFile[] {
  return files.filter((file) => find(ledger, file)?.sha256 !== file.sha256);
}

/**
 * Between the migration and the deployment, and after a rollback, older code runs on the newer schema.
 * @param pending what would be applied to a database that has this ledger
 * @throws Error for a migration that does not say in its file that the code before it runs with it
 */
export function refuseToBreakRunningCode(pending: readonly MigrationFile[], ledger: readonly Applied[]): void {
  if (ledger.length === 0) return;
  const breaking = pending.find(({ kind, keepsOldCode }) => kind === 'migration' && !keepsOldCode);
  if (breaking === undefined) return;
  throw new Error(
    `${breaking.name} does not say "-- runs with: previous code": the code that runs now would break before the new one is there; expand first, and contract a release later`,
  );
}

/**
 * Whether code of another release runs on the schema as it is: each migration that the database has beyond that code's
 * says that whatever ran before it runs with it too.
 * @param older the files of that release
 * @param present those of this checkout, which say so
 * @throws Error that names the first migration by which it is not known
 */
export function refuseCodeThatIsTooOld(
  older: readonly MigrationFile[],
  present: readonly MigrationFile[],
  ledger: readonly Applied[],
): void {
  for (const applied of ledger.filter(({ kind }) => kind === 'migration')) {
    const its = find(older, applied);
    if (its?.sha256 === applied.sha256) continue;
    if (its !== undefined) throw new Error(`${applied.name} is another one in that release than in the database`);
    const known = find(present, applied);
    if (known === undefined) throw new Error(`the database has ${applied.name}, which this checkout lacks: update it`);
    if (!known.keepsOldCode) {
      throw new Error(`it is not known that code from before ${applied.name} runs with it: its file does not say so`);
    }
  }
}

function find<Entry extends { readonly kind: MigrationKind; readonly name: string }>(
  entries: readonly Entry[],
  { kind, name }: { readonly kind: MigrationKind; readonly name: string },
): Entry | undefined {
  return entries.find((entry) => entry.kind === kind && entry.name === name);
}
