/** What JSON need not escape, and a terminal obeys or does not show: DEL, C1, bidi controls, zero widths, separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * JSON that cannot speak to the operator's terminal, and reads back as the same value.
 * @param value undefined counts as null
 * @param indent spaces a level; missing: one line
 */
export function toJson(value: unknown, indent?: number): string {
  // Line breaks of the layout are the only ones in it.
  const lines = JSON.stringify(value ?? null, null, indent).split('\n');
  return lines.map((line) => line.replaceAll(UNSEEN, escaped)).join('\n');
}

/** A character beyond 16 bits is two units, each with its own escape. */
const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at))}`).join('');

const hex = (unit: number): string => unit.toString(16).padStart(4, '0');
