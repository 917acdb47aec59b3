import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFaults, type FaultSettings } from '../../../infra/local/data-api/faults.ts';
import { createClient, type Stack, startStack, TARGET } from './local-stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await stack.execute('CREATE TABLE counter (n int)');
});

beforeEach(async () => {
  await stack.execute('TRUNCATE counter');
  await stack.execute('INSERT INTO counter VALUES (0)');
  await stack.control('DELETE', '/calls');
});

afterEach(() => stack.control('POST', '/faults', {}));
afterAll(() => stack.stop());

const ask = (faults: object) => stack.control('POST', '/faults', faults);
const count = () => stack.execute('UPDATE counter SET n = n + 1');
const counted = async () => (await stack.row('SELECT n FROM counter'))[0]?.longValue;

describe('a fault that was asked for', () => {
  it('delays each call', async () => {
    await ask({ latencyMs: 150 });
    const began = performance.now();
    await count();
    expect(performance.now() - began).toBeGreaterThanOrEqual(149);
  });

  it('tells calls for a while that the database is resuming; the SDK does not retry them', async () => {
    await ask({ resumingForMs: 300 });
    await expect(count()).rejects.toMatchObject({
      name: 'DatabaseResumingException',
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    await expect.poll(counted, { timeout: 10_000 }).toBe(0);
  });

  it.each([
    [500, 'InternalServerErrorException'],
    [503, 'ServiceUnavailableError'],
    [504, 'DatabaseUnavailableException'],
  ])('fails calls with %i before they are executed, and each try of the SDK is one', async (status, name) => {
    await ask({ failBeforeExecution: { status } });
    await expect(count()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status, attempts: 3 } });
    expect(await stack.control('GET', '/calls')).toEqual({ ExecuteStatement: 3 });
    await ask({});
    expect(await counted()).toBe(0);
  });

  it('fails as many calls as it was told to', async () => {
    await ask({ failBeforeExecution: { status: 503, times: 2 } });
    expect((await count()).$metadata.attempts).toBe(3);
    expect(await counted()).toBe(1);
    expect(await stack.control('GET', '/faults')).toEqual({});
  });

  it('makes the database unavailable until it is cleared', async () => {
    await ask({ unavailable: true });
    await expect(count()).rejects.toMatchObject({ name: 'DatabaseUnavailableException' });
    await ask({});
    await count();
  });

  it.each([
    ['cut off', {}],
    ['an error 500', { status: 500 }],
  ])(
    'loses an answer after the commit (%s), so that the try of the SDK after it runs the statement again',
    async (_, how) => {
      await ask({ loseAnswer: { times: 1, ...how } });
      expect((await count()).$metadata.attempts).toBe(2);
      expect(await counted()).toBe(2);
    },
  );

  it('loses the answers to some statements only', async () => {
    await ask({ loseAnswer: { times: 1, matching: 'UPDATE counter' } });
    expect(await counted()).toBe(0);
    expect(await stack.control('GET', '/faults')).toEqual({ loseAnswer: { times: 1, matching: 'UPDATE counter' } });
    expect((await count()).$metadata.attempts).toBe(2);
  });

  it('loses the answer to a commit that was done: the transaction is not found when the SDK tries again', async () => {
    const { transactionId } = await stack.client.send(new BeginTransactionCommand(TARGET));
    await stack.execute('UPDATE counter SET n = n + 1', [], { transactionId });
    await ask({ loseAnswer: { times: 1, matching: 'COMMIT' } });
    await expect(stack.client.send(new CommitTransactionCommand({ ...TARGET, transactionId }))).rejects.toMatchObject({
      name: 'TransactionNotFoundException',
      $metadata: { attempts: 2 },
    });
    expect(await counted()).toBe(1);
  });

  it('replaces the ones before, and is refused if it is none', async () => {
    await ask({ latencyMs: 1 });
    await ask({ unavailable: false });
    expect(await stack.control('GET', '/faults')).toEqual({ unavailable: false });
    await expect(ask({ latency: 1 })).rejects.toThrow(/latency/);
  });
});

/** Each a call on its own: the SDK would try the failed ones again. */
async function outcomes(times: number): Promise<string[]> {
  const single = createClient(stack.url, 1);
  const names: string[] = [];
  for (let at = 0; at < times; at += 1) {
    const sent = single.send(new ExecuteStatementCommand({ ...TARGET, sql: 'UPDATE counter SET n = n + 1' }));
    names.push(
      await sent.then(
        () => 'done',
        ({ name }: Error) => name,
      ),
    );
  }
  single.destroy();
  return names;
}

/** What becomes of calls that nobody executes. */
async function drawn(settings: FaultSettings): Promise<string[]> {
  const faults = createFaults();
  faults.set(settings);
  const calls: string[] = [];
  for (let at = 0; at < 900; at += 1) {
    const failed = await faults.before().then(
      () => undefined,
      ({ status }: { status: number }) => `failed ${status}`,
    );
    const lost = faults.after('');
    calls.push(failed ?? (lost === undefined ? 'done' : `lost ${lost.status ?? 'cut'}`));
  }
  return calls;
}

const shareOf = (calls: readonly string[], kind: string) =>
  calls.filter((call) => call.startsWith(kind)).length / calls.length;

describe('a share of the calls', () => {
  it('is taken, the same calls for the same seed', async () => {
    const shares = { failShare: 1 / 6, loseShare: 1 / 5 };
    const calls = await drawn({ ...shares, seed: 7 });
    expect(shareOf(calls, 'done')).toBeCloseTo(2 / 3, 1);
    expect(shareOf(calls, 'failed')).toBeCloseTo(1 / 6, 1);
    expect(new Set(calls)).toEqual(new Set(['done', 'failed 503', 'failed 504', 'lost cut', 'lost 503', 'lost 504']));
    expect(await drawn({ ...shares, seed: 7 })).toEqual(calls);
    expect(await drawn({ ...shares, seed: 8 })).not.toEqual(calls);
  });

  it('is none or all', async () => {
    expect(new Set(await drawn({ failShare: 0, loseShare: 0 }))).toEqual(new Set(['done']));
    expect(shareOf(await drawn({ failShare: 1 }), 'failed')).toBe(1);
    expect(shareOf(await drawn({ loseShare: 1 }), 'lost')).toBe(1);
    await expect(ask({ loseShare: 1.1 })).rejects.toThrow(/loseShare/);
    await expect(ask({ failShare: -0.1 })).rejects.toThrow(/failShare/);
  });

  it('fails before it is executed, and is counted', async () => {
    await ask({ failShare: 1 / 3, seed: 7 });
    const first = await outcomes(30);
    await ask({ failShare: 1 / 3, seed: 7 });
    expect(await outcomes(30)).toEqual(first);
    await ask({});
    const done = first.filter((name) => name === 'done').length;
    expect(await counted()).toBe(2 * done);
    expect(await stack.control('GET', '/taken')).toEqual({ failed: 2 * (30 - done), lost: 0 });
  });

  it('is executed and its answers are lost, in each way', async () => {
    await ask({ loseShare: 1 });
    const names = await outcomes(30);
    expect(names).not.toContain('done');
    expect(new Set(names).size).toBe(3);
    await ask({});
    expect(await counted()).toBe(30);
    expect(await stack.control('GET', '/taken')).toMatchObject({ lost: 30 });
  });
});

describe('the calls', () => {
  it('are counted by operation', async () => {
    await count();
    await expect(stack.execute('SELECT 1/0')).rejects.toThrow();
    const { transactionId } = await stack.client.send(new BeginTransactionCommand(TARGET));
    await stack.client.send(new RollbackTransactionCommand({ ...TARGET, transactionId }));
    expect(await stack.control('GET', '/calls')).toEqual({
      ExecuteStatement: 2,
      BeginTransaction: 1,
      RollbackTransaction: 1,
    });
  });
});
