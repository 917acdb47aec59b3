import fc from 'fast-check';
import type { Json } from '../../../../lib/domain/declaration/config.ts';

/** JSON of the same document, spelt in another way: the order of keys, how numbers are written, escapes. */
export function respelt(value: Json, choose: fc.GeneratorValue): string {
  if (typeof value === 'number') return choose(fc.constantFrom, ...spellingsOf(value));
  if (typeof value === 'string') return choose(fc.constantFrom, JSON.stringify(value), escaped(value));
  if (Array.isArray(value)) return `[${value.map((item) => respelt(item, choose)).join(' , ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = shuffled(Object.entries(value), choose);
  return `{ ${entries.map(([key, item]) => `${escaped(key)}:${respelt(item, choose)}`).join(', ')} }`;
}

/** The same list in another order. */
export function shuffled<Item>(list: readonly Item[], choose: fc.GeneratorValue): Item[] {
  return choose((items: Item[]) => fc.shuffledSubarray(items, { minLength: items.length }), [...list]);
}

function spellingsOf(value: number): string[] {
  const text = JSON.stringify(value);
  const longer = /[.e]/.test(text) ? [] : [`${text}.0`, `${text}.000e0`, `${text}.0E+00`];
  return [text, value.toExponential(), value.toExponential().toUpperCase(), ...longer];
}

const escaped = (text: string): string =>
  `"${text.replaceAll(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
