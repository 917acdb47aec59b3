import type { Field } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './local-stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.execute("CREATE TYPE mood AS ENUM ('calm', 'b c')");
  await stack.execute('CREATE DOMAIN rank AS integer CHECK (VALUE > 0)');
});

afterAll(() => stack.stop());

describe('a value that PostgreSQL gives', () => {
  it.each<[string, Field]>([
    ['NULL', { isNull: true }],
    ['NULL::int', { isNull: true }],
    ['true', { booleanValue: true }],
    ['false', { booleanValue: false }],
    ['1::int2', { longValue: 1 }],
    ['-2::int4', { longValue: -2 }],
    ['3::int8', { longValue: 3 }],
    ['9007199254740993::int8', { longValue: 9007199254740992 }], // rounded by JavaScript
    ['1.5::float4', { doubleValue: 1.5 }],
    ['2.25::float8', { doubleValue: 2.25 }],
    ["'NaN'::float8", { doubleValue: Number.NaN }],
    ["'-Infinity'::float8", { doubleValue: Number.NEGATIVE_INFINITY }],
    ['10.50::numeric', { stringValue: '10.50' }],
    ["'x'", { stringValue: 'x' }],
    ["''", { stringValue: '' }],
    ["'a'::char(3)", { stringValue: 'a  ' }],
    ["'b'::varchar", { stringValue: 'b' }],
    ["'c'::name", { stringValue: 'c' }],
    ["'8c3f7f3a-2f5d-4c2e-9a39-3f1bb2c7e0a1'::uuid", { stringValue: '8c3f7f3a-2f5d-4c2e-9a39-3f1bb2c7e0a1' }],
    ["'b c'::mood", { stringValue: 'b c' }],
    ['7::rank', { longValue: 7 }],
    ["'10.0.0.0/8'::cidr", { stringValue: '10.0.0.0/8' }],
    [`'{"b": [1, {"c": "d, e: \\"f"}], "a": " "}'::jsonb`, { stringValue: '{"a":" ","b":[1,{"c":"d, e: \\"f"}]}' }],
    [`'{"a":  1}'::json`, { stringValue: '{"a":  1}' }],
    ["'2024-01-15'::date", { stringValue: '2024-01-15' }],
    ["'17:08:20'::time", { stringValue: '17:08:20' }],
    ["'17:08:20.5'::time", { stringValue: '17:08:20.500' }],
    ["'2024-01-15 03:34:56'::timestamp", { stringValue: '2024-01-15 03:34:56' }],
    ["'2024-01-15 03:34:56.1234'::timestamp", { stringValue: '2024-01-15 03:34:56.123400' }],
    ["'2024-01-15 03:34:56+00'::timestamptz", { stringValue: '2024-01-15 03:34:56' }],
    ["'2024-01-15 03:34:56.8-03'::timestamptz", { stringValue: '2024-01-15 06:34:56.800' }],
    ["'2024-01-15 03:34:56.000001+05:30'::timestamptz", { stringValue: '2024-01-14 22:04:56.000001' }],
    ["'0099-03-01 00:00:00+00'::timestamptz", { stringValue: '0099-03-01 00:00:00' }],
    ["'{1,NULL,3}'::int[]", { arrayValue: { longValues: [1, null, 3] } }],
    ["'[0:1]={4,5}'::int8[]", { arrayValue: { longValues: [4, 5] } }],
    ["'{t,f}'::bool[]", { arrayValue: { booleanValues: [true, false] } }],
    ["'{1.5}'::float8[]", { arrayValue: { doubleValues: [1.5] } }],
    [
      `'{a,"b c",NULL,"NULL","","d\\"e","f,g","{h}"}'::text[]`,
      { arrayValue: { stringValues: ['a', 'b c', null, 'NULL', '', 'd"e', 'f,g', '{h}'] } },
    ],
    [`'{calm,"b c"}'::mood[]`, { arrayValue: { stringValues: ['calm', 'b c'] } }],
    ["'{1.50}'::numeric[]", { arrayValue: { stringValues: ['1.50'] } }],
    ["'{b}'::varchar[]", { arrayValue: { stringValues: ['b'] } }],
    ["'{2024-01-15}'::date[]", { arrayValue: { stringValues: ['2024-01-15'] } }],
    [`ARRAY['{"a": [1, 2]}'::jsonb]`, { arrayValue: { stringValues: ['{"a":[1,2]}'] } }],
    ["'{}'::uuid[]", { arrayValue: { stringValues: [] } }],
    ["ARRAY['2024-01-15 03:34:56+01'::timestamptz]", { arrayValue: { stringValues: ['2024-01-15 02:34:56'] } }],
    ['pg_sleep(0)', { stringValue: '' }],
  ])('%s comes as %o', async (expression, field) => {
    expect(await stack.row(`SELECT ${expression}`)).toEqual([field]);
  });

  it('comes as bytes if it is bytea', async () => {
    const [field] = await stack.row("SELECT '\\x00ff61'::bytea");
    expect(Buffer.from(field?.blobValue ?? '').toString('hex')).toBe('00ff61');
  });

  it('keeps every digit of an int8 as a string on request', async () => {
    const options = { resultSetOptions: { longReturnType: 'STRING' as const } };
    expect(await stack.row('SELECT 9007199254740993', [], options)).toEqual([{ stringValue: '9007199254740993' }]);
  });

  it('gives a numeric as a number on request', async () => {
    const options = { resultSetOptions: { decimalReturnType: 'DOUBLE_OR_LONG' as const } };
    expect(await stack.row('SELECT 10::numeric, 1.5::numeric', [], options)).toEqual([
      { longValue: 10 },
      { doubleValue: 1.5 },
    ]);
  });

  it.each([
    ["interval '1 day'", 'INTERVAL'],
    ["'17:08:20+02'::timetz", 'TIMETZ'],
    ['\'c\'::"char"', '"CHAR"'],
    ["'pg_class'::regclass", 'regclass'],
    ['point(1, 2)', 'POINT'],
    ["'<a/>'::xml", 'xml'],
    ['1::money', 'MONEY'],
    ['int4range(1, 2)', 'int4range'],
    ['row(1, 2)', 'RECORD'],
  ])('is refused if it is %s', async (expression, type) => {
    await expect(stack.execute(`SELECT 1, ${expression}`)).rejects.toMatchObject({
      name: 'UnsupportedResultException',
      message: `The result contains the unsupported data type ${type}.`,
    });
  });

  it('is refused if it is an array of more than one dimension', async () => {
    await expect(stack.execute("SELECT '{{1},{2}}'::int[]")).rejects.toMatchObject({
      name: 'UnsupportedResultException',
    });
  });

  it.each(["'infinity'::timestamptz", "'-infinity'::timestamptz"])(
    'breaks the call if it is %s',
    async (expression) => {
      await expect(stack.execute(`SELECT ${expression}`)).rejects.toMatchObject({
        name: 'InternalFailure',
        $metadata: { httpStatusCode: 500 },
      });
    },
  );

  it('is in UTC whatever time zone a transaction sets', async () => {
    expect(
      await stack.row("SELECT set_config('TimeZone', 'Asia/Kolkata', true), '2024-01-15 03:34:56Z'::timestamptz"),
    ).toEqual([{ stringValue: 'Asia/Kolkata' }, { stringValue: '2024-01-15 03:34:56' }]);
  });
});
