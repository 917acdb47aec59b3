import { DataApiError } from './errors.ts';
import type { Positional } from './named-parameters.ts';
import type { Field, Parameter } from './requests.ts';

/** A statement with values, ready for PostgreSQL's extended protocol. `types` are OIDs, 0 for "let PostgreSQL decide". */
export type Bound = { text: string; types: number[]; values: (string | Buffer | null)[] };

const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const TEXT = 25;
const FLOAT8 = 701;

/** What a type hint binds a string as. */
const HINTED = { DATE: 1082, DECIMAL: 1700, JSON: 3802, TIME: 1083, TIMESTAMP: 1114, UUID: 2950 } as const;

/**
 * Gives every positional parameter its type and value.
 *
 * A name without a value is left out, and PostgreSQL then refuses the statement (08P01), unless it does not see the
 * parameter, as in a `$$` body. A value without a name in the statement is ignored.
 *
 * @throws DataApiError ValidationException for an array
 */
export function bind(statement: Positional, parameters: readonly Parameter[]): Bound {
  const given = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const types: number[] = [];
  const values: Bound['values'] = [];
  statement.names.forEach((name, index) => {
    const parameter = given.get(name);
    if (parameter === undefined) return;
    // A gap before the last given one: PostgreSQL must be told a type for each, and 0 leaves it open.
    while (types.length < index) types.push(0);
    types.push(boundType(parameter));
    values.push(boundValue(parameter.value));
  });
  return { text: statement.text, types, values };
}

function boundType({ value, typeHint }: Parameter): number {
  if ('stringValue' in value) return typeHint === undefined ? TEXT : HINTED[typeHint];
  if ('longValue' in value) return INT8;
  if ('doubleValue' in value) return FLOAT8;
  if ('booleanValue' in value) return BOOL;
  if ('blobValue' in value) return BYTEA;
  return 0;
}

function boundValue(value: Field): string | Buffer | null {
  if ('stringValue' in value) return value.stringValue;
  if ('longValue' in value) return String(value.longValue);
  if ('doubleValue' in value) return String(value.doubleValue);
  if ('booleanValue' in value) return String(value.booleanValue);
  if ('blobValue' in value) return Buffer.from(value.blobValue, 'base64');
  if ('arrayValue' in value) throw new DataApiError('ValidationException', 'Array parameters are not supported');
  return null;
}
