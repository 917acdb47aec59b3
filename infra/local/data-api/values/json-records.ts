import type { Column } from '../statement.ts';
import type { ResultField } from './encode.ts';

/** The rows as one JSON text, an object a row, keyed by column label; a blob is base64. */
export function formatRecords(columns: readonly Column[], records: readonly ResultField[][]): string {
  return JSON.stringify(
    records.map((record) =>
      Object.fromEntries(record.map((field, index) => [columns[index]?.name ?? '', plain(field)])),
    ),
  );
}

function plain(field: ResultField): unknown {
  if ('isNull' in field) return null;
  if ('arrayValue' in field) return Object.values(field.arrayValue)[0];
  return Object.values(field)[0];
}
