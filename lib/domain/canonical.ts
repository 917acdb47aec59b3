import { createHash } from 'node:crypto';

/**
 * The one text of a JSON document: two that differ only in the order of their keys, or in how a number is spelt, have
 * the same. The order of a list counts.
 */
export function canonicalJson(document: unknown): string {
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

/** SHA-256 in hex of a document's {@link canonicalJson}. */
export function digestOf(document: unknown): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}
