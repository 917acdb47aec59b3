import type { FieldError } from '../domain/errors.ts';

/** Levels that a document may be nested: more would overflow the stack of whatever walks it. */
const MAX_DEPTH = 32;

/**
 * What passes every JSON parser and would fail in the middle of a statement, or vanish on the way to it, wherever it
 * stands in a document: texts with a NUL character or half of a surrogate pair, which PostgreSQL cannot hold, nesting
 * without end, and the key `__proto__`, which is lost where an object is built key by key.
 */
export function unstorableParts(value: unknown, path = '', depth = 0): FieldError[] {
  if (typeof value === 'string') {
    return isStorable(value) ? [] : [{ field: path, message: 'send no NUL characters and no half surrogate pairs' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (depth === MAX_DEPTH) return [{ field: path, message: `nest at most ${MAX_DEPTH} levels` }];
  if (Array.isArray(value)) return value.flatMap((item, at) => unstorableParts(item, `${path}[${at}]`, depth + 1));
  return Object.entries(value).flatMap(([key, item]) => [
    ...(key === '__proto__' ? [{ field: path, message: 'use another key than __proto__' }] : []),
    ...(isStorable(key) ? [] : [{ field: path, message: 'use no NUL characters and no half surrogate pairs in keys' }]),
    ...unstorableParts(item, path === '' ? key : `${path}.${key}`, depth + 1),
  ]);
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
