import * as z from 'zod/mini';
import '../domain/validation-messages.ts';
import { type FieldError, InvalidRequest } from '../domain/errors.ts';

/**
 * Checks a document against a schema.
 * @param root what the document itself is called in an error: `body`, `query`
 * @throws InvalidRequest naming each field by its path (`plugins[0].sha256`)
 */
export function checked<T extends z.core.$ZodType>(schema: T, value: unknown, root: string): z.output<T> {
  const outcome = z.safeParse(schema, value);
  if (outcome.success) return outcome.data;
  throw new InvalidRequest(
    outcome.error.issues.map(({ path, message }): FieldError => ({ field: fieldName(path) || root, message })),
  );
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, key) => {
    if (typeof key === 'number') return `${field}[${key}]`;
    return field === '' ? String(key) : `${field}.${String(key)}`;
  }, '');
}
