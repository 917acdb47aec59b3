import { canonicalJson } from '../canonical.ts';
import type { ChangeKind } from './change.ts';
import type { Json } from './config.ts';

/** A change without the plugin that it is of. */
export type Difference = {
  readonly kind: ChangeKind;
  readonly path: string[];
  readonly from?: Json;
  readonly to?: Json;
};

/** A key under which two objects differ, and what each has there; undefined: nothing. */
export type DifferingKey = { readonly key: string; readonly from: Json | undefined; readonly to: Json | undefined };

/** @param values what was and what is there; undefined: nothing */
export function difference(
  kind: ChangeKind,
  path: string[],
  { from, to }: { readonly from: Json | undefined; readonly to: Json | undefined },
): Difference {
  return { kind, path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** The keys of either object, whatever they are, under which the two are not equal. */
export function differingKeys(
  from: { readonly [key: string]: Json },
  to: { readonly [key: string]: Json },
): DifferingKey[] {
  const [was, is] = [new Map(Object.entries(from)), new Map(Object.entries(to))];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((key) => ({ key, from: was.get(key), to: is.get(key) }))
    .filter((pair) => !isSame(pair.from, pair.to));
}

/** The only equality there is: that of the canonical form. */
export const isSame = (one: Json | undefined, other: Json | undefined): boolean =>
  canonicalJson(one) === canonicalJson(other);
