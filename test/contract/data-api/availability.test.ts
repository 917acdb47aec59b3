import { BeginTransactionCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDataApi } from '../../../infra/local/data-api/server.ts';
import { startPostgres } from '../../../infra/local/postgres/start-postgres.ts';
import { type Stack, startStack, TARGET } from './local-stack.ts';

const UNAVAILABLE = { name: 'DatabaseUnavailableException', $metadata: { httpStatusCode: 504 } };
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.stop());

it('is unavailable while PostgreSQL is, and recovers by itself when PostgreSQL is back', async () => {
  const { folder, port, stop } = stack.postgres;
  await stack.execute('CREATE TABLE kept (id int)');
  await stack.execute('INSERT INTO kept VALUES (1)');
  const { transactionId } = await stack.client.send(new BeginTransactionCommand(TARGET));
  await stack.execute('INSERT INTO kept VALUES (2)', [], { transactionId });

  const [cut] = await Promise.allSettled([
    stack.execute('SELECT pg_sleep(5)'),
    expect
      .poll(async () => await stack.row("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
      .toEqual([{ longValue: 1 }])
      .then(stop),
  ]);
  expect(cut).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
  await expect(stack.execute('SELECT 1')).rejects.toMatchObject(UNAVAILABLE);
  await expect(stack.client.send(new BeginTransactionCommand(TARGET))).rejects.toMatchObject(UNAVAILABLE);

  stack.postgres = await startPostgres({ folder, port });
  expect(await stack.row('SELECT count(*) FROM kept')).toEqual([{ longValue: 1 }]);
  await expect(stack.execute('SELECT 1', [], { transactionId })).rejects.toThrow();
  await expect(stack.execute('SELECT 1', [], { transactionId })).rejects.toMatchObject({
    name: 'TransactionNotFoundException',
  });
});

it('stops at once, also under a statement that runs', async () => {
  const api = await startDataApi({ postgres: stack.postgres });
  const running = fetch(`${api.url}/Execute`, {
    method: 'POST',
    body: JSON.stringify({ ...TARGET, sql: 'SELECT pg_sleep(20)' }),
  });
  const cut = expect(running).rejects.toThrow();
  await expect
    .poll(async () => await stack.row("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
    .toEqual([{ longValue: 1 }]);
  const began = performance.now();
  await api.stop();
  await cut;
  expect(performance.now() - began).toBeLessThan(10_000);
});

it('loses a connection that PostgreSQL ends, and takes another', async () => {
  const [backend] = await stack.row('SELECT pg_backend_pid()');
  const ended = await stack.execute('SELECT pg_terminate_backend(pg_backend_pid())').catch((error: unknown) => error);
  expect(ended).toMatchObject({ name: 'DatabaseUnavailableException' });
  expect(await stack.row('SELECT pg_backend_pid()')).not.toEqual([backend]);
});
