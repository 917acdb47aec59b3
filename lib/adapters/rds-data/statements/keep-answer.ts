import * as z from 'zod/mini';
import type { KeptAnswer, KeyHold } from '../../../domain/idempotency.ts';
import { statement } from '../statement.ts';

/**
 * Keeps what an idempotency key is answered with: the first answer, of who holds the key. A refusal has no status, since
 * its code says it. Answers no row where nothing was kept, which a second sending is.
 */
export const keepAnswer = statement({
  sql: `
UPDATE idempotency_keys SET status_code = :status_code::integer, response = :response::jsonb
WHERE key = :key::text AND holder = :holder::uuid AND response IS NULL
RETURNING key`,
  bind: ({ key, holder, answer }: KeyHold & { readonly answer: KeptAnswer }) => ({
    key,
    holder,
    ...(answer.kind === 'answered'
      ? { status_code: answer.status, response: JSON.stringify(answer.body) }
      : { status_code: null, response: JSON.stringify({ code: answer.code, details: answer.details }) }),
  }),
  row: z.object({ key: z.string() }),
});
