import { BatchExecuteStatementCommand, type ExecuteStatementCommandInput } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { long, type Stack, startStack, TARGET, text } from './local-stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.execute('CREATE TABLE items (id int PRIMARY KEY, name varchar(20), price numeric(8,2))');
});

beforeEach(async () => {
  await stack.execute('TRUNCATE items');
  await stack.execute("INSERT INTO items VALUES (11, 'k'), (12, 'l'), (13, 'm')");
});

afterAll(() => stack.stop());

describe('the answer to a statement', () => {
  it.each([
    ["INSERT INTO items VALUES (1, 'a'), (2, 'b')", 2],
    ["UPDATE items SET name = 'c'", 3],
    ['DELETE FROM items WHERE id > 11', 2],
    [
      "MERGE INTO items USING (VALUES (11), (1)) AS v(id) ON items.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (v.id, 'n')",
      1,
    ],
    ['CREATE TABLE IF NOT EXISTS items (id int)', 0],
    ['-- nothing', 0],
  ])('counts what it wrote: %s', async (sql, count) => {
    const answer = await stack.execute(sql);
    expect(answer).toMatchObject({ numberOfRecordsUpdated: count, generatedFields: [] });
    expect(answer.records).toBeUndefined();
  });

  it.each<[how: string, more: Partial<ExecuteStatementCommandInput>]>([
    ['plainly', {}],
    ['with its columns described', { includeResultMetadata: true }],
    ['as JSON', { formatRecordsAs: 'JSON' }],
  ])('counts no rows for a SELECT that is answered %s', async (_, more) => {
    const { numberOfRecordsUpdated } = await stack.execute('SELECT id FROM items', [], more);
    expect(numberOfRecordsUpdated).toBe(0);
  });

  it('is an empty list where a SELECT finds nothing', async () => {
    expect((await stack.execute('SELECT 1 WHERE false')).records).toEqual([]);
  });

  it('gives the rows of RETURNING, and no generated fields', async () => {
    const answer = await stack.execute("INSERT INTO items VALUES (1, 'a'), (2, 'b') RETURNING id, name");
    expect(answer.records).toEqual([
      [{ longValue: 1 }, { stringValue: 'a' }],
      [{ longValue: 2 }, { stringValue: 'b' }],
    ]);
    expect(answer.generatedFields).toBeUndefined();
  });

  it('describes the columns only if asked to', async () => {
    const sql = 'SELECT id, name AS label, price, ARRAY[id] AS list FROM items';
    expect((await stack.execute(sql)).columnMetadata).toBeUndefined();
    const { columnMetadata } = await stack.execute(sql, [], { includeResultMetadata: true });
    expect(columnMetadata).toMatchObject([
      { name: 'id', label: 'id', typeName: 'int4', type: 4, isSigned: true },
      { name: 'label', label: 'label', typeName: 'varchar', type: 12, precision: 20, isSigned: false },
      { name: 'price', typeName: 'numeric', type: 2, precision: 8, scale: 2 },
      { name: 'list', typeName: '_int4', type: 2003, arrayBaseColumnType: 4 },
    ]);
  });

  it('describes no columns of a statement without rows, asked or not', async () => {
    const answer = await stack.execute('DELETE FROM items', [], { includeResultMetadata: true });
    expect(answer.columnMetadata).toBeUndefined();
  });

  it('is one JSON text if asked for, keyed by label', async () => {
    const answer = await stack.execute(
      "SELECT 1 AS id, 'a' AS name, NULL AS none, true AS ok, ARRAY[1, 2] AS list",
      [],
      {
        formatRecordsAs: 'JSON',
      },
    );
    expect(answer.records).toBeUndefined();
    expect(JSON.parse(answer.formattedRecords ?? '')).toEqual([
      { id: 1, name: 'a', none: null, ok: true, list: [1, 2] },
    ]);
  });
});

describe('a batch', () => {
  it('runs its statement once a parameter set, and gives nothing back of what RETURNING names', async () => {
    const { updateResults } = await stack.client.send(
      new BatchExecuteStatementCommand({
        ...TARGET,
        sql: 'INSERT INTO items (id, name) VALUES (:id::int, :name) RETURNING id',
        parameterSets: [
          [long('id', 1), text('name', 'a')],
          [long('id', 2), text('name', 'b')],
        ],
      }),
    );
    expect(updateResults).toEqual([{ generatedFields: [] }, { generatedFields: [] }]);
    expect(await stack.row('SELECT count(*) FROM items')).toEqual([{ longValue: 3 + 2 }]);
  });
});

/** A row of one 32-octet uuid takes 2 + 4 + 36 bytes: 24,966 of them are just under 1 MiB. */
const UUIDS = 'SELECT md5(n::text)::uuid FROM generate_series(1, :rows) AS n';

describe('the size limits', () => {
  it('lets a result of just under 1 MiB through', async () => {
    expect((await stack.execute(UUIDS, [long('rows', 24_966)])).records).toHaveLength(24_966);
  });

  it.each([
    ['many rows', UUIDS, 24_967],
    ['one large value', "SELECT repeat('x', :rows::int)", 1024 * 1024],
  ])('refuse a result of %s over 1 MiB', async (_, sql, size) => {
    await expect(stack.execute(sql, [long('rows', size)])).rejects.toMatchObject({
      name: 'UnsupportedResultException',
      message: 'The result exceeds the size limit 1 MB.',
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
  });

  it('let a request of just under 4 MiB through', async () => {
    expect(await stack.row('SELECT length(:doc)', [text('doc', 'x'.repeat(4 * 1024 * 1024 - 1024))])).toEqual([
      { longValue: 4 * 1024 * 1024 - 1024 },
    ]);
  });

  it('refuse a request over 4 MiB, and nothing of it is executed', async () => {
    const insert = 'INSERT INTO items SELECT 1, left(:doc, 1)';
    await expect(stack.execute(insert, [text('doc', 'x'.repeat(4 * 1024 * 1024))])).rejects.toMatchObject({
      $metadata: { httpStatusCode: 413 },
    });
    expect(await stack.row('SELECT count(*) FROM items')).toEqual([{ longValue: 3 }]);
  });
});
