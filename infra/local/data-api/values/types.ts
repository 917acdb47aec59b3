/** How a value is written on the wire. */
export type Codec = 'blob' | 'boolean' | 'decimal' | 'double' | 'instant' | 'jsonb' | 'long' | 'moment' | 'text';

/** A type that the Data API returns. `jdbc` is its number in java.sql.Types, which column metadata carries. */
export type SupportedType = { name: string; codec: Codec; jdbc: number };

/** java.sql.Types.ARRAY */
export const JDBC_ARRAY = 2003;

/**
 * The scalar types by OID, as documented for Aurora PostgreSQL
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-operations.html), and void, which is
 * what a function such as pg_sleep gives.
 */
export const SCALARS: ReadonlyMap<number, SupportedType> = new Map([
  [16, { name: 'bool', codec: 'boolean', jdbc: -7 }],
  [17, { name: 'bytea', codec: 'blob', jdbc: -2 }],
  [19, { name: 'name', codec: 'text', jdbc: 12 }],
  [20, { name: 'int8', codec: 'long', jdbc: -5 }],
  [21, { name: 'int2', codec: 'long', jdbc: 5 }],
  [23, { name: 'int4', codec: 'long', jdbc: 4 }],
  [25, { name: 'text', codec: 'text', jdbc: 12 }],
  [26, { name: 'oid', codec: 'long', jdbc: -5 }],
  [114, { name: 'json', codec: 'text', jdbc: 1111 }],
  [650, { name: 'cidr', codec: 'text', jdbc: 1111 }],
  [700, { name: 'float4', codec: 'double', jdbc: 7 }],
  [701, { name: 'float8', codec: 'double', jdbc: 8 }],
  [869, { name: 'inet', codec: 'text', jdbc: 1111 }],
  [1042, { name: 'bpchar', codec: 'text', jdbc: 1 }],
  [1043, { name: 'varchar', codec: 'text', jdbc: 12 }],
  [1082, { name: 'date', codec: 'moment', jdbc: 91 }],
  [1083, { name: 'time', codec: 'moment', jdbc: 92 }],
  [1114, { name: 'timestamp', codec: 'moment', jdbc: 93 }],
  [1184, { name: 'timestamptz', codec: 'instant', jdbc: 93 }],
  [1700, { name: 'numeric', codec: 'decimal', jdbc: 2 }],
  [2278, { name: 'void', codec: 'text', jdbc: 1111 }],
  [2950, { name: 'uuid', codec: 'text', jdbc: 1111 }],
  [3802, { name: 'jsonb', codec: 'jsonb', jdbc: 1111 }],
]);

/** Built-in array types: the array's OID → its element's. */
export const ARRAYS: ReadonlyMap<number, number> = new Map([
  [199, 114],
  [1000, 16],
  [1003, 19],
  [1005, 21],
  [1007, 23],
  [1009, 25],
  [1014, 1042],
  [1015, 1043],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [1028, 26],
  [1115, 1114],
  [1182, 1082],
  [1183, 1083],
  [1185, 1184],
  [1231, 1700],
  [2951, 2950],
  [3807, 3802],
]);
