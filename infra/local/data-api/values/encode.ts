import { DataApiError } from '../errors.ts';
import { parseArray } from './array.ts';
import type { ColumnType } from './catalogue.ts';
import { formatInstant, formatMoment } from './time.ts';
import type { SupportedType } from './types.ts';

/** How numbers come back; the defaults of the service are decimals as strings and longs as numbers. */
export type NumberFormats = { decimalReturnType: 'STRING' | 'DOUBLE_OR_LONG'; longReturnType: 'LONG' | 'STRING' };

/** JSON knows no NaN and no infinities, so the protocol writes them as strings. */
type Double = number | string;

export type ArrayValue =
  | { booleanValues: (boolean | null)[] }
  | { longValues: (number | null)[] }
  | { doubleValues: (Double | null)[] }
  | { stringValues: (string | null)[] };

export type ResultField =
  | { isNull: true }
  | { booleanValue: boolean }
  | { longValue: number }
  | { doubleValue: Double }
  | { stringValue: string }
  | { blobValue: string }
  | { arrayValue: ArrayValue };

/** A value in PostgreSQL's text format as a field of the wire. */
export function encode(text: string | null, type: ColumnType, formats: NumberFormats): ResultField {
  if (text === null) return { isNull: true };
  if (type.element !== undefined) return { arrayValue: encodeArray(text, type.element) };
  switch (type.codec) {
    case 'boolean':
      return { booleanValue: text === 't' };
    case 'long':
      return formats.longReturnType === 'STRING' ? { stringValue: text } : { longValue: Number(text) };
    case 'double':
      return { doubleValue: toDouble(text) };
    case 'decimal':
      return formats.decimalReturnType === 'STRING' ? { stringValue: text } : decimal(text);
    case 'blob':
      return { blobValue: Buffer.from(text.slice(2), 'hex').toString('base64') };
    case 'instant':
    case 'jsonb':
    case 'moment':
    case 'text':
      return { stringValue: toText(text, type) };
  }
}

function encodeArray(text: string, element: SupportedType): ArrayValue {
  const values = parseArray(text);
  if (values === undefined) {
    throw new DataApiError('UnsupportedResultException', 'The result contains a multidimensional array.');
  }
  const map = <T>(convert: (value: string) => T) => values.map((value) => (value === null ? null : convert(value)));
  switch (element.codec) {
    case 'boolean':
      return { booleanValues: map((value) => value === 't') };
    case 'long':
      return { longValues: map(Number) };
    case 'double':
      return { doubleValues: map(toDouble) };
    case 'blob':
    case 'decimal':
    case 'instant':
    case 'jsonb':
    case 'moment':
    case 'text':
      return { stringValues: map((value) => toText(value, element)) };
  }
}

function toText(text: string, { codec }: SupportedType): string {
  if (codec === 'jsonb') return compact(text);
  if (codec === 'moment') return formatMoment(text);
  return codec === 'instant' ? formatInstant(text) : text;
}

function toDouble(text: string): Double {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function decimal(text: string): ResultField {
  const value = Number(text);
  return Number.isSafeInteger(value) && !text.includes('.') ? { longValue: value } : { doubleValue: toDouble(text) };
}

/** PostgreSQL prints a space after each colon and comma of a jsonb, the Data API none. */
function compact(jsonb: string): string {
  return jsonb.replace(/"(?:[^"\\]|\\.)*"| /g, (token) => (token === ' ' ? '' : token));
}
