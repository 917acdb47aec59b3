import type { FieldError } from '../domain/errors.ts';

/**
 * Texts that PostgreSQL cannot hold, wherever they stand in a document: with a NUL character, or with half of a
 * surrogate pair. They pass every JSON parser, and would fail in the middle of a statement.
 */
export function unstorableTexts(value: unknown, path = ''): FieldError[] {
  if (typeof value === 'string') {
    return isStorable(value) ? [] : [{ field: path, message: 'send no NUL characters and no half surrogate pairs' }];
  }
  if (Array.isArray(value)) return value.flatMap((item, at) => unstorableTexts(item, `${path}[${at}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(isStorable(key) ? [] : [{ field: path, message: 'use no NUL characters and no half surrogate pairs in keys' }]),
    ...unstorableTexts(item, path === '' ? key : `${path}.${key}`),
  ]);
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
