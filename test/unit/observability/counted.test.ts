import { DatabaseErrorException, DatabaseResumingException, RDSDataClient } from '@aws-sdk/client-rds-data';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createDatabase } from '../../../lib/adapters/rds-data/database.ts';
import { statement } from '../../../lib/adapters/rds-data/statement.ts';
import { Unauthorized } from '../../../lib/domain/errors.ts';
import { http } from '../../../lib/middleware/http.ts';
import { job } from '../../../lib/middleware/job.ts';
import { countOften, flushCounts } from '../../../lib/observability/often.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';
import { useWritten } from './written.ts';

const { documents } = useWritten();

/** What was counted of each metric. */
const counted = () => {
  const sums: Record<string, number> = {};
  for (const line of documents()) {
    for (const [name, value] of Object.entries(line)) {
      if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
    }
  }
  return sums;
};

// Each test is a later hour of the container, in which nothing is added up yet.
let hour = 0;
beforeEach(() => {
  hour += 1;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1, hour) });
});
afterEach(() => {
  flushCounts();
  vi.useRealTimers();
});

const refuse = http(() => Promise.reject(new Unauthorized('not ours')));
const answer = http(async () => ({}));
const event = httpEvent('POST /x');

describe('what others can make happen', () => {
  it('is counted for each call without a right token, and written once in ten seconds', async () => {
    for (let at = 0; at < 20; at += 1) await refuse(event, lambdaContext());
    expect(counted()).toEqual({ AuthenticationFailures: 1 });
    vi.setSystemTime(Date.now() + 10_000);
    await refuse(event, lambdaContext());
    expect(counted()).toEqual({ AuthenticationFailures: 20 });
    expect(documents()).toHaveLength(2);
  });

  it('is written by the next good call too, which else writes nothing', async () => {
    for (let at = 0; at < 5; at += 1) await refuse(event, lambdaContext());
    await answer(event, lambdaContext());
    expect(counted()).toEqual({ AuthenticationFailures: 1 });
    vi.setSystemTime(Date.now() + 10_000);
    await answer(event, lambdaContext());
    expect(counted()).toEqual({ AuthenticationFailures: 5 });
    await answer(event, lambdaContext());
    expect(documents()).toHaveLength(2);
  });

  it('is written at the end of a job, also of one that fails', async () => {
    const failing = job('sweep', async () => {
      for (let at = 0; at < 5; at += 1) countOften('DatabaseDeadlocks');
      throw new TypeError('a defect');
    });
    await expect(failing({}, lambdaContext())).rejects.toThrow('a defect');
    expect(counted()).toEqual({ DatabaseDeadlocks: 5 });
  });
});

describe('a run', () => {
  it.each([
    [{ source: 'aws.events', 'detail-type': 'Scheduled Event' }, { ConvergeRuns: 1 }],
    [{ source: 'aws.scheduler' }, { ConvergeRuns: 1 }],
    [{ 'detail-type': 'Scheduled Event' }, {}],
    [{ workspace_id: '01890a5d-ac96-774b-bcce-b302099a8057' }, {}],
    [null, {}],
  ])('that was begun by %j counts %j', async (given: unknown, expected) => {
    await job({ name: 'converge', runs: 'ConvergeRuns' }, async () => ({}))(given, lambdaContext());
    expect(counted()).toEqual(expected);
  });

  it('that fails is none', async () => {
    const failing = job({ name: 'converge', runs: 'ConvergeRuns' }, () => Promise.reject(new TypeError('x')));
    await expect(failing({ source: 'aws.events' }, lambdaContext())).rejects.toThrow('x');
    expect(counted()).toEqual({});
  });
});

describe('trouble with the database', () => {
  const one = statement({ sql: 'SELECT 1', bind: () => ({}), row: z.object({}) });
  const thrown = (name: string, message = 'x') => Object.assign(new Error(message), { name });
  const deadlock = () =>
    new DatabaseErrorException({ message: 'ERROR: deadlock detected; SQLState: 40P01', $metadata: {} });
  const resuming = () => new DatabaseResumingException({ message: 'waking', $metadata: {} });

  /** Runs one statement whose tries meet these errors, one after the other, and then an answer. */
  const meeting = async (...errors: readonly Error[]) => {
    const left = [...errors];
    const client = new RDSDataClient({ region: 'us-east-1' });
    client.middlewareStack.add(
      () => async () => {
        const error = left.shift();
        if (error !== undefined) throw error;
        return { output: { $metadata: {}, records: [] }, response: {} };
      },
      { step: 'initialize' },
    );
    const config = { clusterArn: 'arn:c', secretArn: 'arn:s', name: 'n', budgetMs: 60_000 };
    const ran = createDatabase(config, client).run(one, {});
    await ran.catch(() => undefined);
    flushCounts();
    return counted();
  };

  it.each<[string, readonly Error[], Record<string, number>]>([
    ['a cluster that wakes up', [resuming()], { DatabaseResuming: 1 }],
    ['a lost deadlock', [deadlock(), deadlock()], { DatabaseDeadlocks: 2 }],
    ['a throttle', [thrown('ThrottlingException')], { DatabaseThrottled: 1, DatabaseUnavailable: 1 }],
    ['another throttle', [thrown('TooManyRequestsException')], { DatabaseThrottled: 1, DatabaseUnavailable: 1 }],
    ['an answer that does not come', [thrown('TimeoutError')], { DatabaseUnavailable: 1 }],
    ['an answer that is too large', [thrown('X', 'the result exceeds the size limit 1 MB')], {}],
    ['nothing', [], {}],
  ])('is counted by its kind: %s', async (_, errors, expected) => {
    expect(await meeting(...errors)).toEqual(expected);
  });
});
