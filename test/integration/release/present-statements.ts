import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { KeptStatement } from './kept-statements.ts';

const statement = z.object({ sql: z.string(), bind: z.function(), row: z.unknown() });

/** The statements that the code of a checkout sends. */
export async function readStatementsOf(checkout: string): Promise<KeptStatement[]> {
  const folder = join(checkout, 'lib/adapters/rds-data/statements');
  const found: KeptStatement[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const exported: unknown = await import(join(folder, file));
    for (const [name, value] of Object.entries(z.record(z.string(), z.unknown()).parse({ ...Object(exported) }))) {
      const { data } = statement.safeParse(value);
      if (data !== undefined) found.push({ name, sql: data.sql });
    }
  }
  return found;
}
