import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export const KEPT = join(import.meta.dirname, 'kept-statements.json');

const kept = z.array(z.object({ name: z.string(), sql: z.string() }));

export type KeptStatement = z.output<typeof kept>[number];

/** The statements of the release before: git may not have it, a clone can be shallow. */
export function readKeptStatements(): KeptStatement[] {
  return kept.parse(JSON.parse(readFileSync(KEPT, 'utf8')));
}
