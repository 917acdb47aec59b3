import { createHash } from 'node:crypto';

/** A number from 0 to below 1 that looks like chance and is always the same for the same key. */
export function chance(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE() / 2 ** 32;
}
