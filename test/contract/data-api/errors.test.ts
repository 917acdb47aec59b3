import { BeginTransactionCommand, ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack, TARGET } from './local-stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ statementTimeoutMs: 400 });
  await stack.execute('CREATE TABLE items (id int PRIMARY KEY, size int CHECK (size > 0))');
});

afterAll(() => stack.stop());

describe('an error of PostgreSQL', () => {
  it.each([
    ['with a position', 'SELECT nope FROM items', 'ERROR: column "nope" does not exist; Position: 8; SQLState: 42703'],
    [
      'with a detail',
      'INSERT INTO items VALUES (1, 1), (1, 1)',
      'ERROR: duplicate key value violates unique constraint "items_pkey"; Detail: Key (id)=(1) already exists.; SQLState: 23505',
    ],
    [
      'with a hint',
      "DO 'BEGIN RAISE EXCEPTION USING MESSAGE = ''no'', HINT = ''try'', ERRCODE = ''MU001''; END'",
      'ERROR: no; Hint: try; SQLState: MU001',
    ],
    [
      'with a hint and a position',
      'SELECT siz FROM items',
      'ERROR: column "siz" does not exist; Hint: Perhaps you meant to reference the column "items.size".; Position: 8; SQLState: 42703',
    ],
    ['of syntax', 'SELEC 1', 'ERROR: syntax error at or near "SELEC"; Position: 1; SQLState: 42601'],
  ])('%s is told in one line', async (_, sql, message) => {
    await expect(stack.execute(sql)).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message,
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
  });

  it('leaves nothing behind of its statement, and the next call works', async () => {
    await expect(stack.execute('INSERT INTO items VALUES (5, 1), (6, 0)')).rejects.toThrow(/23514/);
    expect(await stack.row('SELECT count(*) FROM items')).toEqual([{ longValue: 0 }]);
  });
});

describe('a call is refused', () => {
  it.each([
    ['with two statements', { sql: 'SELECT 1; SELECT 2' }, 'ValidationException', "Multistatements aren't supported."],
    [
      'with a schema',
      { sql: 'SELECT 1', schema: 'public' },
      'ValidationException',
      "The schema parameter isn't supported",
    ],
    ['without a statement', { sql: '' }, 'ValidationException', /^sql: /],
    [
      'with a cluster that is no ARN',
      { sql: 'SELECT 1', resourceArn: 'cluster' },
      'ValidationException',
      /^resourceArn: /,
    ],
    ['with a secret that is no ARN', { sql: 'SELECT 1', secretArn: 'secret' }, 'ValidationException', /^secretArn: /],
    [
      'for a database that does not exist',
      { sql: 'SELECT 1', database: 'nope' },
      'DatabaseErrorException',
      'ERROR: database "nope" does not exist; SQLState: 3D000',
    ],
    [
      'for a transaction that does not exist',
      { sql: 'SELECT 1', transactionId: 'nope' },
      'TransactionNotFoundException',
      'Transaction nope is not found',
    ],
  ])('%s', async (_, input, name, message) => {
    await expect(stack.client.send(new ExecuteStatementCommand({ ...TARGET, ...input }))).rejects.toMatchObject({
      name,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      $metadata: { httpStatusCode: name === 'TransactionNotFoundException' ? 404 : 400, attempts: 1 },
    });
  });

  it('lets one statement end in a semicolon', async () => {
    expect(await stack.row('SELECT 1;')).toEqual([{ longValue: 1 }]);
  });
});

describe('what is no call of the service', () => {
  it.each([
    ['an unknown path', '/ExecuteSql', '{}', 404, 'UnknownOperationException'],
    ['a body that is no JSON', '/Execute', '{', 400, 'SerializationException'],
  ])('is refused: %s', async (_, path, body, status, type) => {
    const response = await fetch(stack.url + path, { method: 'POST', body });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, type]);
  });

  it.each([
    ['POST', '/Execute', JSON.stringify({ ...TARGET, sql: 'INSERT INTO items VALUES (77, 1)' })],
    ['POST', '/_control/faults', '{"latencyMs":1}'],
    ['GET', '/_control/calls', null],
  ])('is refused: %s %s by a web page', async (method, path, body) => {
    // A form of a page sends this without asking the server first.
    const headers = { origin: 'https://page.example', 'content-type': 'text/plain' };
    const response = await fetch(stack.url + path, { method, headers, body });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([403, 'ForbiddenException']);
    expect(await stack.row('SELECT count(*) FROM items WHERE id = 77')).toEqual([{ longValue: 0 }]);
    expect(await stack.control('GET', '/faults')).toEqual({});
  });
});

describe('a statement that takes too long', () => {
  const TIMEOUT = {
    name: 'StatementTimeoutException',
    message: 'canceling statement due to statement timeout',
    $metadata: { httpStatusCode: 400, attempts: 1 },
  };

  it('is cancelled', async () => {
    await expect(stack.execute('SELECT pg_sleep(2)')).rejects.toMatchObject(TIMEOUT);
  });

  it('leaves its transaction aborted', async () => {
    const { transactionId } = await stack.client.send(new BeginTransactionCommand(TARGET));
    await expect(stack.execute('SELECT pg_sleep(2)', [], { transactionId })).rejects.toMatchObject(TIMEOUT);
    await expect(stack.execute('SELECT 1', [], { transactionId })).rejects.toThrow(/25P02/);
  });

  it('goes on after the answer if that is asked for', async () => {
    const slow = 'INSERT INTO items SELECT 9, 1 FROM pg_sleep(0.6)';
    await expect(stack.execute(slow, [], { continueAfterTimeout: true })).rejects.toMatchObject({
      name: 'StatementTimeoutException',
    });
    expect(await stack.row('SELECT count(*) FROM items WHERE id = 9')).toEqual([{ longValue: 0 }]);
    await expect
      .poll(async () => await stack.row('SELECT count(*) FROM items WHERE id = 9'), { timeout: 10_000 })
      .toEqual([{ longValue: 1 }]);
  });
});
