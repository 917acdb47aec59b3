import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'libpg-query';

/** migration: applied once and never changed. routine: replaced whole whenever its file changes. */
export type MigrationKind = 'migration' | 'routine';

export type MigrationFile = {
  readonly kind: MigrationKind;
  /** The file's name without its ending; files are applied in the order of their names, migrations first. */
  readonly name: string;
  readonly sha256: string;
  readonly statements: readonly string[];
  /** Whether it says that all code which ran on the schema before it runs with it too: it only expands. */
  readonly keepsOldCode: boolean;
};

const KEEPS_OLD_CODE = /^-- runs with: previous code$/m;

const FOLDERS = {
  migration: '.',
  routine: 'routines',
} as const satisfies Record<MigrationKind, string>;

/**
 * The migration files in a folder, split into statements by PostgreSQL's own parser.
 * @throws Error for a file that does not parse, or that the Data API would corrupt
 */
export async function readMigrationFiles(folder: string): Promise<MigrationFile[]> {
  const files: MigrationFile[] = [];
  for (const kind of ['migration', 'routine'] as const) {
    const place = join(folder, FOLDERS[kind]);
    const names = (await readdir(place)).filter((name) => name.endsWith('.sql')).sort();
    for (const name of names) files.push(await readMigrationFile(kind, join(place, name)));
  }
  return files;
}

async function readMigrationFile(kind: MigrationKind, path: string): Promise<MigrationFile> {
  const text = await readFile(path);
  const statements = await splitStatements(text, basename(path));
  const name = basename(path, '.sql');
  const keepsOldCode = KEEPS_OLD_CODE.test(text.toString('utf8'));
  return { kind, name, sha256: createHash('sha256').update(text).digest('hex'), statements, keepsOldCode };
}

async function splitStatements(text: Buffer, file: string): Promise<string[]> {
  const { stmts = [] } = await parse(text.toString('utf8'));
  return stmts.map(({ stmt_location: start = 0, stmt_len: length }) => {
    // Offsets count bytes; the last statement of a text without a final semicolon has no length.
    const statement = text
      .subarray(start, length === undefined ? undefined : start + length)
      .toString('utf8')
      .trim();
    refuseParameterLookalikes(statement, file);
    return statement;
  });
}

/**
 * The Data API takes `:word` for a parameter also inside dollar quotes, and corrupts the body without an error.
 * Source: captured on a live cluster.
 */
function refuseParameterLookalikes(statement: string, file: string): void {
  for (const [body] of statement.matchAll(/\$(\w*)\$[\s\S]*?\$\1\$/g)) {
    const lookalike = /(?<!:):\w+/.exec(body)?.[0];
    if (lookalike === undefined) continue;
    throw new Error(`${file}: "${lookalike}" in a $$ body would be taken for a parameter; write it another way`);
  }
}
