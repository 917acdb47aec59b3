import type { Field, SqlParameter } from '@aws-sdk/client-rds-data';

/** What a statement can be given. Text binds as text, so the statement casts it (`:id::uuid`). */
export type Value = string | number | boolean | null;

const encode = (value: Value): Field => {
  if (value === null) return { isNull: true };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  return Number.isSafeInteger(value) ? { longValue: value } : { doubleValue: value };
};

/** Parameters as the Data API takes them. */
export function encodeParameters(values: Readonly<Record<string, Value>>): SqlParameter[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: encode(value) }));
}

/**
 * One field of an answer as a plain value. Times arrive as text in UTC without their offset; the row's schema says
 * which texts are times ({@link timestamp} in columns.ts).
 * @throws Error for a kind of field that none of our statements returns
 */
export function decodeField(field: Field): Value {
  if (field.isNull) return null;
  const value = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue;
  if (value === undefined) throw new Error(`a statement answered a field that cannot be read: ${Object.keys(field)}`);
  return value;
}
