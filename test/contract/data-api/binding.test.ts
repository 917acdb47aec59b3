import { BatchExecuteStatementCommand, type Field, type TypeHint } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { long, type Stack, startStack, TARGET, text } from './local-stack.ts';

const ID = '8c3f7f3a-2f5d-4c2e-9a39-3f1bb2c7e0a1';
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.execute("CREATE TYPE mood AS ENUM ('calm', 'cross')");
  await stack.execute('CREATE TABLE things (id uuid PRIMARY KEY, mood mood, doc jsonb, seen timestamptz, size int4)');
});

afterAll(() => stack.stop());

/** How PostgreSQL took a parameter: its type and its value as text. */
const TAKEN = 'SELECT pg_typeof(:p)::text, (:p)::text';

describe('a parameter', () => {
  it.each<[Field, string, string]>([
    [{ stringValue: 'a' }, 'text', 'a'],
    [{ stringValue: '' }, 'text', ''],
    [{ longValue: 42 }, 'bigint', '42'],
    [{ doubleValue: 1.5 }, 'double precision', '1.5'],
    [{ doubleValue: 2 }, 'double precision', '2'],
    [{ booleanValue: true }, 'boolean', 'true'],
    [{ blobValue: new Uint8Array([0, 255]) }, 'bytea', '\\x00ff'],
  ])('%o is bound as %s', async (value, type, asText) => {
    expect(await stack.row(TAKEN, [{ name: 'p', value }])).toEqual([{ stringValue: type }, { stringValue: asText }]);
  });

  it.each<[TypeHint, string, string]>([
    ['DATE', 'date', '2024-01-15'],
    ['DECIMAL', 'numeric', '1.50'],
    ['JSON', 'jsonb', '{"a": 1}'],
    ['TIME', 'time without time zone', '17:08:20'],
    ['TIMESTAMP', 'timestamp without time zone', '2024-01-15 03:34:56'],
    ['UUID', 'uuid', ID],
  ])('with the hint %s is bound as %s', async (typeHint, type, value) => {
    expect(await stack.row(TAKEN, [{ name: 'p', value: { stringValue: value }, typeHint }])).toEqual([
      { stringValue: type },
      { stringValue: value },
    ]);
  });

  it('that is NULL takes the type that its place asks for', async () => {
    const nothing = { isNull: true } as const;
    await stack.execute('INSERT INTO things VALUES (gen_random_uuid(), :mood, :doc, :seen, :size)', [
      { name: 'mood', value: nothing },
      { name: 'doc', value: nothing },
      { name: 'seen', value: nothing },
      { name: 'size', value: nothing },
    ]);
    expect(await stack.row('SELECT count(*) FROM things WHERE mood IS NULL')).toEqual([{ longValue: 1 }]);
  });

  it('that is an array is refused', async () => {
    const value = { arrayValue: { longValues: [1] } };
    await expect(stack.execute('SELECT :p', [{ name: 'p', value }])).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Array parameters are not supported',
    });
  });
});

describe('a bound text, since it is a text,', () => {
  it.each([
    ['compared with a uuid', 'SELECT 1 FROM things WHERE id = :p', ID, '42883'],
    ['put into an enum column', 'INSERT INTO things (id, mood) VALUES (gen_random_uuid(), :p)', 'calm', '42804'],
    ['put into a jsonb column', 'INSERT INTO things (id, doc) VALUES (gen_random_uuid(), :p)', '{}', '42804'],
    ['put into a timestamptz column', 'UPDATE things SET seen = :p', '2024-01-15', '42804'],
    ['compared with an enum', 'SELECT 1 FROM things WHERE mood = :p', 'calm', '42883'],
    ['coalesced with an enum', 'SELECT COALESCE(mood, :p) FROM things', '', '42804'],
    ['cast to an enum without that label', 'SELECT :p::mood', 'glad', '22P02'],
  ])('fails if it is %s', async (_, sql, value, state) => {
    await expect(stack.execute(sql, [text('p', value)])).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message: expect.stringContaining(`SQLState: ${state}`),
    });
  });

  it('is accepted with a cast', async () => {
    const sql =
      'INSERT INTO things VALUES (:id::uuid, :mood::mood, :doc::jsonb, :seen::timestamptz) RETURNING mood, doc, seen';
    expect(
      await stack.row(sql, [text('id', ID), text('mood', 'calm'), text('doc', '{"a": 1}'), text('seen', '2024-01-15')]),
    ).toEqual([{ stringValue: 'calm' }, { stringValue: '{"a":1}' }, { stringValue: '2024-01-15 00:00:00' }]);
  });

  it('carries many rows as one JSON document', async () => {
    const sql = 'SELECT sum(size) FROM jsonb_to_recordset(:rows::jsonb) AS r(size int)';
    expect(await stack.row(sql, [text('rows', '[{"size": 1}, {"size": 2}]')])).toEqual([{ longValue: 3 }]);
  });
});

describe('an enum', () => {
  it("fails when it is coalesced with '', even where the table is empty", async () => {
    await stack.execute('CREATE TABLE nothing (mood mood)');
    await expect(stack.execute("SELECT COALESCE(mood, '') FROM nothing")).rejects.toThrow(/22P02/);
  });
});

describe('a colon', () => {
  it.each([
    ['in a string', "SELECT 'a :p b'", 'a :p b'],
    ['in a string with quotes', "SELECT 'it''s :p'", "it's :p"],
    ['in a quoted identifier', 'SELECT t.":p" FROM (SELECT \'x\' AS ":p") AS t', 'x'],
    ['in a line comment', "SELECT 'x' -- :p\n", 'x'],
    ['in a block comment', "SELECT /* :p */ 'x'", 'x'],
    ['of a cast', "SELECT 'x'::text", 'x'],
  ])('%s starts no parameter', async (_, sql, expected) => {
    expect(await stack.row(sql)).toEqual([{ stringValue: expected }]);
  });

  it('before a parameter that was not given fails', async () => {
    await expect(stack.execute('SELECT :p::text')).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message: 'ERROR: bind message supplies 0 parameters, but prepared statement "" requires 1; SQLState: 08P01',
    });
  });

  it('in a dollar quote starts a parameter, which corrupts the text without an error', async () => {
    expect(await stack.row('SELECT $$a :b c$$')).toEqual([{ stringValue: 'a $1 c' }]);
    await stack.execute(
      'CREATE FUNCTION part(a int[], lo int, hi int) RETURNS int[] LANGUAGE plpgsql AS $f$ BEGIN RETURN a[lo:hi]; END $f$',
    );
    await expect(stack.execute("SELECT part('{1,2,3}', 1, 2)")).rejects.toThrow(/column "lo\$1" does not exist/);
  });

  it('in quotes within a dollar quote starts none', async () => {
    expect(await stack.row("SELECT $$a ':b' c$$")).toEqual([{ stringValue: "a ':b' c" }]);
  });

  it('of an array slice starts a parameter', async () => {
    await expect(stack.execute("SELECT ('{1,2,3}'::int[])[1:2]")).rejects.toThrow(/^ERROR: /);
    expect(await stack.row("SELECT ('{1,2,3}'::int[])[1 : 2]")).toEqual([{ arrayValue: { longValues: [1, 2] } }]);
  });
});

describe('a name', () => {
  it('may occur twice, and each occurrence is a parameter of its own', async () => {
    expect(await stack.row('SELECT :p || :q || :p', [text('p', 'a'), text('q', 'b')])).toEqual([
      { stringValue: 'aba' },
    ]);
    const grouped = "SELECT left(name, :n::int) FROM (VALUES ('ab')) AS v(name) GROUP BY left(name, :n::int)";
    await expect(stack.execute(grouped, [long('n', 1)])).rejects.toThrow(/42803/);
  });

  it('may be a number', async () => {
    expect(await stack.row('SELECT :1', [text('1', 'a')])).toEqual([{ stringValue: 'a' }]);
  });

  it('that the statement does not hold is ignored', async () => {
    expect(await stack.row('SELECT 1', [text('p', 'a')])).toEqual([{ longValue: 1 }]);
  });
});

describe('a batch', () => {
  it('binds each of its sets', async () => {
    const sql = 'INSERT INTO things (id, size) VALUES (gen_random_uuid(), :size::int)';
    const parameterSets = [[long('size', 100)], [long('size', 200)]];
    await stack.client.send(new BatchExecuteStatementCommand({ ...TARGET, sql, parameterSets }));
    expect(await stack.row('SELECT sum(size) FROM things WHERE size >= 100')).toEqual([{ longValue: 300 }]);
  });
});
