import type { ClientBase } from 'pg';
import { z } from 'zod';
import { DataApiError } from '../errors.ts';
import type { Column } from '../statement.ts';
import { ARRAYS, JDBC_ARRAY, SCALARS, type SupportedType } from './types.ts';

/** The type of a column; `element` is set for an array. */
export type ColumnType = SupportedType & { element?: SupportedType };

/** Types of one database that are not built in, by OID; an enum, or an array of one, is text to the Data API. */
export type Catalogue = Map<number, ColumnType>;

const TYPE_QUERY = `
  SELECT t.typname, t.typtype = 'e' AS is_enum, e.typtype = 'e' AS is_enum_array
  FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem
  WHERE t.oid = $1`;

const typeRows = z.tuple([
  z.object({ typname: z.string(), is_enum: z.boolean(), is_enum_array: z.boolean().nullable() }),
]);

/**
 * The names under which the service speaks of some types that it does not return; of others it gives the name in
 * pg_type.
 */
const NAMES: ReadonlyMap<number, string> = new Map([
  [18, '"CHAR"'],
  [600, 'POINT'],
  [601, 'LSEG'],
  [602, 'PATH'],
  [603, 'BOX'],
  [604, 'POLYGON'],
  [628, 'LINE'],
  [718, 'CIRCLE'],
  [790, 'MONEY'],
  [829, 'MACADDR'],
  [1186, 'INTERVAL'],
  [1266, 'TIMETZ'],
  [1560, 'BIT'],
  [1562, 'VARBIT'],
  [2249, 'RECORD'],
]);

/**
 * The types of a result's columns. An OID that is not built in is looked up once a database.
 *
 * @throws DataApiError UnsupportedResultException for a type that the Data API does not return
 */
export async function typesOf(
  columns: readonly Column[],
  catalogue: Catalogue,
  client: ClientBase,
): Promise<ColumnType[]> {
  const types: ColumnType[] = [];
  for (const { dataTypeID: oid } of columns) {
    const known = catalogue.get(oid) ?? builtIn(oid);
    const type = known ?? (await lookUp(oid, client));
    if (known === undefined) catalogue.set(oid, type);
    types.push(type);
  }
  return types;
}

function builtIn(oid: number): ColumnType | undefined {
  const scalar = SCALARS.get(oid);
  if (scalar !== undefined) return scalar;
  const element = SCALARS.get(ARRAYS.get(oid) ?? 0);
  return element === undefined ? undefined : arrayOf(element);
}

async function lookUp(oid: number, client: ClientBase): Promise<ColumnType> {
  const named = NAMES.get(oid);
  if (named !== undefined) throw unsupported(named);
  const found = await client.query(TYPE_QUERY, [oid]);
  const [type] = typeRows.parse(found.rows);
  if (type.is_enum) return { name: type.typname, codec: 'text', jdbc: 12 };
  if (type.is_enum_array) return arrayOf({ name: type.typname.replace(/^_/, ''), codec: 'text', jdbc: 12 });
  throw unsupported(type.typname);
}

function arrayOf(element: SupportedType): ColumnType {
  return { name: `_${element.name}`, codec: 'text', jdbc: JDBC_ARRAY, element };
}

function unsupported(name: string): DataApiError {
  return new DataApiError('UnsupportedResultException', `The result contains the unsupported data type ${name}.`);
}
