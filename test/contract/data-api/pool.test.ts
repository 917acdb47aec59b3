import { BeginTransactionCommand, RollbackTransactionCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack, TARGET, text } from './local-stack.ts';

const POOL_SIZE = 3;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ poolSize: POOL_SIZE });
});

afterAll(() => stack.stop());

describe('the pool', () => {
  it('keeps its connections through errors of SQL', async () => {
    const backends = new Set<number | undefined>();
    for (let call = 0; call < 4 * POOL_SIZE; call += 1) {
      const [pid] = await stack.row('SELECT pg_backend_pid()');
      backends.add(pid?.longValue);
      await expect(stack.execute('SELECT 1/0')).rejects.toThrow(/22012/);
    }
    // A call that comes while the one before is still being put back takes another, but never a new one each time.
    expect(backends.size).toBeLessThanOrEqual(POOL_SIZE);
  });

  it('runs calls side by side, each on a backend of its own, and lets the others wait', async () => {
    const sleeps = Array.from({ length: POOL_SIZE + 1 }, () =>
      stack.row('SELECT pg_backend_pid(), extract(epoch from clock_timestamp())::float8 FROM pg_sleep(1)'),
    );
    const rows = await Promise.all(sleeps);
    expect(new Set(rows.map((row) => row[0]?.longValue)).size).toBe(POOL_SIZE);
    const ends = rows.map((row) => row[1]?.doubleValue ?? 0).toSorted((a, b) => a - b);
    expect((ends[POOL_SIZE - 1] ?? 0) - (ends[0] ?? 0)).toBeLessThan(0.9);
    expect((ends[POOL_SIZE] ?? 0) - (ends[0] ?? 0)).toBeGreaterThan(0.9);
  });

  it('parses each statement anew: a changed table is seen', async () => {
    await stack.execute('CREATE TABLE wide (a int)');
    await stack.execute('INSERT INTO wide VALUES (1)');
    expect(await stack.row('SELECT * FROM wide')).toHaveLength(1);
    await stack.execute('ALTER TABLE wide ADD b int');
    expect(await stack.row('SELECT * FROM wide')).toHaveLength(2);
  });

  it('of a database can be dropped, with its transactions, so that the database can be', async () => {
    await stack.execute('CREATE DATABASE other');
    await stack.execute('SELECT 1', [], { database: 'other' });
    const inOther = await stack.client.send(new BeginTransactionCommand({ ...TARGET, database: 'other' }));
    const current = 'SELECT current_database()::text';
    expect(await stack.row(current, [], { database: 'other', transactionId: inOther.transactionId })).toEqual([
      { stringValue: 'other' },
    ]);
    const { transactionId } = await stack.client.send(new BeginTransactionCommand(TARGET));
    await stack.control('DELETE', '/pools/other');
    expect(await stack.row(current, [], { transactionId })).toEqual([{ stringValue: 'postgres' }]);
    await stack.client.send(new RollbackTransactionCommand({ ...TARGET, transactionId }));
    await stack.execute('DROP DATABASE other');
    await stack.execute('CREATE DATABASE other');
    expect(await stack.row('SELECT current_database()::text', [], { database: 'other' })).toEqual([
      { stringValue: 'other' },
    ]);
  });

  it('knows the enums of each database by its own', async () => {
    await stack.execute('CREATE DATABASE moods');
    await stack.execute("CREATE TYPE mood AS ENUM ('calm')", [], { database: 'moods' });
    expect(await stack.row('SELECT :mood::mood', [text('mood', 'calm')], { database: 'moods' })).toEqual([
      { stringValue: 'calm' },
    ]);
    await expect(stack.execute('SELECT :mood::mood', [text('mood', 'calm')])).rejects.toThrow(/42704/);
  });
});
