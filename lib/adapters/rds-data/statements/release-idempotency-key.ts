import * as z from 'zod/mini';
import type { KeyHold } from '../../../domain/idempotency.ts';
import { statement } from '../statement.ts';

/** Gives an idempotency key back with nothing kept, so that its next caller resumes at once; only for who holds it. */
export const releaseIdempotencyKey = statement({
  sql: `
UPDATE idempotency_keys SET held_until = clock_timestamp()
WHERE key = :key::text AND holder = :holder::uuid AND response IS NULL
RETURNING key`,
  bind: ({ key, holder }: KeyHold) => ({ key, holder }),
  row: z.object({ key: z.string() }),
});
