/**
 * One line without control and format characters: what runtimes report must neither break a table, nor speak to the
 * operator's terminal, nor turn the reading direction around.
 */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd();
}

/** Any JSON value as a person reads it; nothing is `–`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(describeValue).join(', ') || '–';
  if (typeof value !== 'object') return String(value);
  const parts = Object.entries(value).map(([name, part]) => `${name}=${describeValue(part)}`);
  return parts.join(', ') || '–';
}
