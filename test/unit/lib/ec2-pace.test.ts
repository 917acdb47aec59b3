import { setTimeout as delay } from 'node:timers/promises';
import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createPace, NotAsked } from '../../../lib/adapters/ec2/pace.ts';
import { OUT_OF_TIME } from '../../../lib/domain/verdict.ts';

const FAST = { callsPerSecond: 1_000, atOnce: 10 };
const NEVER = new AbortController().signal;

const failure = (name: string, status: number) =>
  new EC2ServiceException({ name, $fault: status < 500 ? 'client' : 'server', $metadata: { httpStatusCode: status } });

/** Fails so often, then answers; tells when it was called. */
const failing = (error: unknown, times: number) => {
  const at: number[] = [];
  const call = async () => {
    at.push(performance.now());
    if (at.length <= times) throw error;
    return 'answered';
  };
  return { at, call };
};

describe('the pace of calls to EC2', () => {
  it('makes no more of them at once than it may', async () => {
    const { run, calls } = createPace({ callsPerSecond: 1_000, atOnce: 3 }, NEVER);
    let underWay = 0;
    let most = 0;
    const call = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await delay(5);
      underWay -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => run(call)));
    expect(most).toBe(3);
    expect(calls).toEqual({ made: 20, throttled: 0, failed: 0 });
  });

  it('makes no more of them in a second than it may', async () => {
    const { run } = createPace({ callsPerSecond: 5, atOnce: 10 }, NEVER);
    const { at, call } = failing(undefined, 0);
    await Promise.all(Array.from({ length: 6 }, () => run(call)));
    const [first = 0, fifth = 0, sixth = 0] = [at[0], at[4], at[5]];
    expect(fifth - first).toBeLessThan(sixth - first);
    expect(sixth - first).toBeGreaterThanOrEqual(900);
  });

  it('lets all of them wait for one that was throttled, and makes it again', async () => {
    const { run, calls } = createPace({ callsPerSecond: 1_000, atOnce: 1 }, NEVER);
    const { at, call } = failing(failure('RequestLimitExceeded', 503), 1);
    const other = failing(undefined, 0);
    const began = performance.now();
    expect(await Promise.all([run(call), delay(20).then(() => run(other.call))])).toEqual(['answered', 'answered']);
    expect(at).toHaveLength(2);
    expect((other.at[0] ?? 0) - began).toBeGreaterThanOrEqual(240);
    expect(calls).toEqual({ made: 3, throttled: 1, failed: 0 });
  });

  it('gives up a call that is throttled again and again once the time is over', async () => {
    const { run, calls } = createPace(FAST, AbortSignal.timeout(400));
    const { call } = failing(failure('RequestLimitExceeded', 503), 99);
    await expect(run(call)).rejects.toMatchObject({ name: OUT_OF_TIME });
    expect(calls.throttled).toBeGreaterThanOrEqual(1);
  });

  it('gives up no call for a throttle while there is time, though others are let through', async () => {
    const { run } = createPace(FAST, NEVER);
    const { at, call } = failing(failure('RequestLimitExceeded', 503), 5);
    let over = false;
    const unlucky = Promise.allSettled([run(call)]).finally(() => {
      over = true;
    });
    // Each answer that another call has makes the next wait a short one.
    while (!over) await run(async () => delay(5));
    expect(await unlucky).toEqual([{ status: 'fulfilled', value: 'answered' }]);
    expect(at).toHaveLength(6);
  });

  it.each([
    ['a fault of EC2', failure('InternalError', 500), 2],
    ['no answer', Object.assign(new Error('socket hang up'), { name: 'TimeoutError' }), 2],
    ['a refusal', failure('UnauthorizedOperation', 403), 1],
  ] as const)('makes a call that ends in %s so often', async (_, error, times) => {
    const { run, calls } = createPace(FAST, NEVER);
    const { at, call } = failing(error, 99);
    await expect(run(call)).rejects.toBe(error);
    expect(at).toHaveLength(times);
    expect(calls).toEqual({ made: times, throttled: 0, failed: times });
  });

  it('makes none once the time is over, and says so of those under way', async () => {
    const time = new AbortController();
    const { run, calls } = createPace({ callsPerSecond: 1_000, atOnce: 1 }, time.signal);
    const hanging = run((signal) => delay(10_000, undefined, { signal }));
    const waiting = run(async () => 'answered');
    const both = Promise.allSettled([hanging, waiting]);
    await delay(10);
    time.abort();
    expect(await both).toMatchObject([{ reason: { name: OUT_OF_TIME } }, { reason: { name: OUT_OF_TIME } }]);
    await expect(run(async () => 'answered')).rejects.toMatchObject({ name: OUT_OF_TIME });
    expect(calls.made).toBe(1);
  });

  it('lets nobody wait for a turn that would come after it: however slow the pace, all hear at once', async () => {
    const time = new AbortController();
    const { run, calls } = createPace({ callsPerSecond: 1, atOnce: 10 }, time.signal);
    let heard = 0;
    const waiting = Array.from({ length: 20 }, () =>
      run((signal) => delay(10_000, undefined, { signal })).catch(() => {
        heard += 1;
      }),
    );
    await delay(10);
    time.abort();
    await delay(100);
    expect({ heard, made: calls.made }).toEqual({ heard: 20, made: 1 });
    await Promise.all(waiting);
  });

  it('does not count a call that in its turn asks nothing after all', async () => {
    const { run, calls } = createPace(FAST, NEVER);
    const left = new NotAsked('no need');
    await expect(run(() => Promise.reject(left))).rejects.toBe(left);
    expect(calls).toEqual({ made: 0, throttled: 0, failed: 0 });
  });
});
