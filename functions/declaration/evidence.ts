import type { DeclarationDiff } from '../../lib/domain/declaration/change.ts';

/** What an event tells at most: so many changes, in so many bytes of JSON. */
const MAX_CHANGES = 20;
const MAX_BYTES = 3_000;

/**
 * What the history tells of a new version: how much changed, and the first places of it, what is destructive before the
 * rest. Values are in the declarations themselves.
 */
export function evidenceOf(diff: DeclarationDiff, { version, forced }: { version: number; forced: boolean }) {
  const places = [...diff.destructive, ...diff.additive]
    .slice(0, MAX_CHANGES)
    .map(({ kind, plugin, path }) => ({ kind, plugin, path }));
  while (Buffer.byteLength(JSON.stringify(places)) > MAX_BYTES) places.pop();
  return {
    version,
    forced,
    additive: diff.additive.length,
    destructive: diff.destructive.length,
    changes: places,
  };
}
