import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { KEPT, type KeptStatement } from './kept-statements.ts';

/**
 * `npm run keep-statements [-- CHECKOUT]`, run for each release: keeps the statements that its code
 * sends, which code of the next release must leave a schema for.
 */
const checkout = resolve(process.argv[2] ?? '.');
const folder = join(checkout, 'lib/adapters/rds-data/statements');
const statement = z.object({ sql: z.string(), bind: z.function(), row: z.unknown() });
const kept: KeptStatement[] = [];
for (const file of (await readdir(folder)).sort()) {
  const exported: unknown = await import(join(folder, file));
  for (const [name, value] of Object.entries(z.record(z.string(), z.unknown()).parse({ ...Object(exported) }))) {
    const { data } = statement.safeParse(value);
    if (data !== undefined) kept.push({ name, sql: data.sql });
  }
}
await writeFile(KEPT, `${JSON.stringify(kept, null, 2)}\n`);
process.stdout.write(`kept ${kept.length} statements\n`);
