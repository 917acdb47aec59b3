import type { IncomingHttpHeaders } from 'node:http';
import type { StoredObject } from './stored-object.ts';

/** What a request asks for of an object; `end` is after its last byte. */
export type Part = { readonly start: number; readonly end: number; readonly whole: boolean };

/** Why it gets nothing: another version than it goes by (412), or bytes that are not there (416). */
export type NoPart = 'precondition_failed' | 'invalid_range';

/**
 * Reads `if-match` and `range` as S3 does: one range in bytes; of several, or one that is no range, nothing is heeded.
 */
export function partOf(headers: IncomingHttpHeaders, { body: { length }, etag }: StoredObject): Part | NoPart {
  const expected = headers['if-match'];
  if (expected !== undefined && expected !== '*' && expected !== etag) return 'precondition_failed';
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === ''))
    return { start: 0, end: length, whole: true };
  if (from === '') {
    const last = Math.min(Number(to), length);
    return last === 0 ? 'invalid_range' : { start: length - last, end: length, whole: false };
  }
  const start = Number(from);
  const end = to === '' ? length : Math.min(Number(to) + 1, length);
  if (to !== '' && Number(to) < start) return { start: 0, end: length, whole: true };
  return start >= length ? 'invalid_range' : { start, end, whole: false };
}
