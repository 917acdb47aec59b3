import type { Column } from '../statement.ts';
import type { ColumnType } from './catalogue.ts';

export type ColumnMetadata = {
  name: string;
  label: string;
  typeName: string;
  type: number;
  arrayBaseColumnType: number;
  precision: number;
  scale: number;
  isSigned: boolean;
  isCaseSensitive: boolean;
  isAutoIncrement: boolean;
  isCurrency: boolean;
  nullable: number;
  schemaName: string;
  tableName: string;
};

const SIGNED: ReadonlySet<string> = new Set(['decimal', 'double', 'long']);

/** java.sql.ResultSetMetaData.columnNullableUnknown: PostgreSQL does not say it with a result. */
const NULLABLE_UNKNOWN = 2;

/** What includeResultMetadata asks for. Schema and table names are left empty. */
export function metadataOf(columns: readonly Column[], types: readonly ColumnType[]): ColumnMetadata[] {
  return types.map((type, index) => {
    const { name = '', dataTypeModifier = -1 } = columns[index] ?? {};
    return {
      name,
      label: name,
      typeName: type.name,
      type: type.jdbc,
      arrayBaseColumnType: type.element?.jdbc ?? 0,
      ...sizes(type, dataTypeModifier),
      isSigned: SIGNED.has(type.codec) && type.element === undefined,
      isCaseSensitive: type.codec === 'text' && type.name !== 'uuid',
      isAutoIncrement: false,
      isCurrency: false,
      nullable: NULLABLE_UNKNOWN,
      schemaName: '',
      tableName: '',
    };
  });
}

/** A type modifier holds 4 more than the length of a char or varchar, and of numeric precision and scale in 16 bits each. */
function sizes({ name, codec }: ColumnType, modifier: number): { precision: number; scale: number } {
  if (modifier < 4) return { precision: 0, scale: 0 };
  const value = modifier - 4;
  if (codec === 'decimal') return { precision: value >> 16, scale: value & 0x7ff };
  return { precision: name === 'varchar' || name === 'bpchar' ? value : 0, scale: 0 };
}
