import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KEPT } from './kept-statements.ts';
import { readStatementsOf } from './present-statements.ts';

/**
 * `npm run keep-statements [-- CHECKOUT]`, run for each release: keeps the statements that its code
 * sends, which code of the next release must leave a schema for.
 */
const kept = await readStatementsOf(resolve(process.argv[2] ?? '.'));
await writeFile(KEPT, `${JSON.stringify(kept, null, 2)}\n`);
process.stdout.write(`kept ${kept.length} statements\n`);
