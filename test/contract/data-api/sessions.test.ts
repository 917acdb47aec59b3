import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { startDataApi } from '../../../infra/local/data-api/server.ts';
import { type Stack, startStack, TARGET } from './local-stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ poolSize: 1 }); // so that the next call meets the same backend
});

afterAll(() => stack.stop());

describe('what one call leaves in its session', () => {
  it.each([
    ['a setting', 'SET application_name = "mine"', 'SHOW application_name', { stringValue: 'data-api' }],
    [
      'a setting made by a function',
      "SELECT set_config('search_path', 'nope', false)",
      'SHOW search_path',
      { stringValue: '"$user", public' },
    ],
    ['a time zone', "SET TIME ZONE 'Asia/Kolkata'", 'SHOW TimeZone', { stringValue: 'UTC' }],
    ['a role', 'SET ROLE pg_monitor', 'SELECT current_user::text', { stringValue: 'postgres' }],
    [
      'a temporary table',
      'CREATE TEMP TABLE mine (id int)',
      "SELECT to_regclass('mine') IS NULL",
      { booleanValue: true },
    ],
    [
      'a session advisory lock',
      'SELECT pg_advisory_lock(7)',
      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'",
      { longValue: 0 },
    ],
    [
      'a prepared statement',
      'PREPARE mine AS SELECT 1',
      'SELECT count(*) FROM pg_prepared_statements',
      { longValue: 0 },
    ],
    [
      'a cursor that outlives its transaction',
      'DECLARE mine CURSOR WITH HOLD FOR SELECT 1',
      "SELECT count(*) FROM pg_cursors WHERE name = 'mine'",
      { longValue: 0 },
    ],
    ['a listener', 'LISTEN mine', 'SELECT count(*) FROM pg_listening_channels()', { longValue: 0 }],
    [
      'a transaction begun in SQL',
      'BEGIN ISOLATION LEVEL SERIALIZABLE',
      'SHOW transaction_isolation',
      { stringValue: 'read committed' },
    ],
  ])('is gone for the next one: %s', async (_, statement, question, answer) => {
    await stack.execute(statement);
    expect(await stack.row(question)).toEqual([answer]);
  });
});

describe('without options', () => {
  it('a statement has 45 s, and a transaction may idle for 3 minutes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const api = await startDataApi({ postgres: stack.postgres });
    onTestFinished(() => api.stop());
    const call = async (path: string, body: object) => {
      const answer = await fetch(api.url + path, { method: 'POST', body: JSON.stringify({ ...TARGET, ...body }) });
      return await answer.json();
    };
    const { transactionId } = z.object({ transactionId: z.string() }).parse(await call('/BeginTransaction', {}));
    const show = { sql: 'SHOW statement_timeout', transactionId };
    vi.advanceTimersByTime(179_999);
    expect(await call('/Execute', show)).toMatchObject({ records: [[{ stringValue: '45s' }]] });
    vi.advanceTimersByTime(180_000);
    expect(await call('/Execute', show)).toMatchObject({ message: expect.stringMatching(/is not found$/) });
  });
});
