import {
  BatchExecuteStatementCommand,
  BeginTransactionCommand,
  CommitTransactionCommand,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { long, type Stack, startStack, TARGET } from './local-stack.ts';

const IDLE_MS = 800;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ transactionIdleMs: IDLE_MS });
  await stack.execute('CREATE TABLE accounts (id int PRIMARY KEY, amount int)');
});

beforeEach(async () => {
  await stack.execute('TRUNCATE accounts');
  await stack.execute('INSERT INTO accounts VALUES (1, 0), (2, 0)');
});

afterAll(() => stack.stop());

async function begin(): Promise<string> {
  const { transactionId } = await stack.client.send(new BeginTransactionCommand(TARGET));
  return transactionId ?? '';
}

const commit = (transactionId: string) => stack.client.send(new CommitTransactionCommand({ ...TARGET, transactionId }));
const rollback = (transactionId: string) =>
  stack.client.send(new RollbackTransactionCommand({ ...TARGET, transactionId }));
const raise = (id: number, transactionId?: string) =>
  stack.execute('UPDATE accounts SET amount = amount + 1 WHERE id = :id', [long('id', id)], {
    ...(transactionId === undefined ? {} : { transactionId }),
  });
const amounts = async () =>
  (await stack.execute('SELECT amount FROM accounts ORDER BY id')).records?.map((r) => r[0]?.longValue);

describe('a transaction', () => {
  it('shows its writes to others once it is committed', async () => {
    const id = await begin();
    await raise(1, id);
    await stack.client.send(
      new BatchExecuteStatementCommand({
        ...TARGET,
        transactionId: id,
        sql: 'UPDATE accounts SET amount = amount + 1 WHERE id = :id',
        parameterSets: [[long('id', 1)], [long('id', 2)]],
      }),
    );
    expect(await amounts()).toEqual([0, 0]);
    expect(await commit(id)).toMatchObject({ transactionStatus: 'Transaction Committed' });
    expect(await amounts()).toEqual([2, 1]);
  });

  it('leaves nothing behind when it is rolled back', async () => {
    const id = await begin();
    await raise(1, id);
    expect(await rollback(id)).toMatchObject({ transactionStatus: 'Rollback Complete' });
    expect(await amounts()).toEqual([0, 0]);
  });

  it.each([
    ['committed', commit],
    ['rolled back', rollback],
  ])('is not found any more after it was %s', async (_, end) => {
    const id = await begin();
    await end(id);
    for (const call of [raise(1, id), commit(id), rollback(id)]) {
      await expect(call).rejects.toMatchObject({
        name: 'TransactionNotFoundException',
        $metadata: { httpStatusCode: 404 },
      });
    }
  });

  it('is aborted by an error, but for what a savepoint keeps', async () => {
    const id = await begin();
    const step = (sql: string) => stack.execute(sql, [], { transactionId: id });
    await raise(1, id);
    await step('SAVEPOINT before');
    await expect(step('SELECT 1/0')).rejects.toThrow(/22012/);
    await expect(step('SELECT 1')).rejects.toThrow(/25P02/);
    await step('ROLLBACK TO before');
    await commit(id);
    expect(await amounts()).toEqual([1, 0]);
  });

  it('that an error aborted is not committed, and is told so', async () => {
    const id = await begin();
    await raise(1, id);
    await expect(stack.execute('SELECT 1/0', [], { transactionId: id })).rejects.toThrow(/22012/);
    await expect(commit(id)).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message: expect.stringContaining('SQLState: 25P02'),
      $metadata: { httpStatusCode: 400 },
    });
    await expect(rollback(id)).rejects.toMatchObject({ name: 'TransactionNotFoundException' });
    expect(await amounts()).toEqual([0, 0]);
  });

  it('keeps what SET LOCAL sets to itself', async () => {
    const id = await begin();
    await stack.execute("SET LOCAL application_name = 'mine'", [], { transactionId: id });
    const show = 'SHOW application_name';
    expect(await stack.row(show, [], { transactionId: id })).toEqual([{ stringValue: 'mine' }]);
    await rollback(id);
    expect(await stack.row(show)).toEqual([{ stringValue: 'data-api' }]);
  });

  it('runs one call at a time, and refuses a second one at once', async () => {
    const id = await begin();
    let isOver = false;
    const slow = stack.execute('SELECT pg_sleep(1.5)', [], { transactionId: id }).then(() => {
      isOver = true;
    });
    await expect
      .poll(async () => await stack.row("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
      .toEqual([{ longValue: 1 }]);
    for (const call of [raise(1, id), commit(id)]) {
      await expect(call).rejects.toMatchObject({
        name: 'DatabaseErrorException',
        message: 'Transaction is still running a query',
      });
    }
    expect(isOver).toBe(false);
    await slow;
    await raise(1, id);
    await commit(id);
    expect(await amounts()).toEqual([1, 0]);
  });

  it('belongs to one database', async () => {
    const id = await begin();
    await expect(stack.execute('SELECT 1', [], { transactionId: id, database: 'template1' })).rejects.toMatchObject({
      name: 'BadRequestException',
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    await rollback(id);
  });

  it('that fails to commit is gone, with all that it wrote', async () => {
    await stack.execute('CREATE TABLE notes (id int REFERENCES accounts DEFERRABLE INITIALLY DEFERRED)');
    const id = await begin();
    await stack.execute('INSERT INTO notes VALUES (99)', [], { transactionId: id });
    await expect(commit(id)).rejects.toMatchObject({
      name: 'DatabaseErrorException',
      message: expect.stringContaining('SQLState: 23503'),
    });
    await expect(rollback(id)).rejects.toMatchObject({ name: 'TransactionNotFoundException' });
    await stack.execute('DROP TABLE notes');
  });

  it('is rolled back when it is idle for too long, and lets go of its locks', async () => {
    const id = await begin();
    await raise(1, id);
    const began = performance.now();
    await raise(1);
    expect(performance.now() - began).toBeGreaterThan(IDLE_MS / 2);
    expect(await amounts()).toEqual([1, 0]);
    await expect(commit(id)).rejects.toMatchObject({ name: 'TransactionNotFoundException' });
  });
});

describe('two transactions', () => {
  it('block each other on a row until the first one ends', async () => {
    const [first, second] = [await begin(), await begin()];
    await raise(1, first);
    let isThrough = false;
    const blocked = raise(1, second).then(() => {
      isThrough = true;
    });
    await expect
      .poll(
        async () =>
          await stack.row(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND backend_type = 'client backend'",
          ),
      )
      .toEqual([{ longValue: 1 }]);
    expect(isThrough).toBe(false);
    await commit(first);
    await blocked;
    await commit(second);
    expect(await amounts()).toEqual([2, 0]);
  });

  it('that wait for each other are parted by an error 40P01 of one of them', async () => {
    const [first, second] = [await begin(), await begin()];
    await raise(1, first);
    await raise(2, second);
    const outcomes = await Promise.allSettled([raise(2, first), raise(1, second)]);
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.reason).toMatchObject({
      name: 'DatabaseErrorException',
      message: expect.stringMatching(/^ERROR: deadlock detected; Detail: .*SQLState: 40P01$/s),
    });
    await Promise.all([rollback(first), rollback(second)]);
  });
});
