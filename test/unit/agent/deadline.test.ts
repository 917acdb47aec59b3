import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { withDeadline } from '../../../infra/agent/deadline.ts';

const never = new AbortController().signal;
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

it('gives up on what stands still, and says for how long it did', async () => {
  await expect(withDeadline(never, 20, untilAborted)).rejects.toThrow('nothing came for 0.02 s');
});

it('takes as long as it takes while something comes', async () => {
  const result = withDeadline(never, 80, async (signal, touch) => {
    for (let step = 0; step < 6; step += 1) {
      await delay(30);
      touch();
    }
    return signal.aborted;
  });
  expect(await result).toBe(false);
});

it.each(['before', 'after'])('is aborted by a stop that comes %s it begins', async (when) => {
  const stop = new AbortController();
  if (when === 'before') stop.abort(new Error('the agent ends'));
  const work = withDeadline(stop.signal, 5_000, async (signal) => {
    signal.throwIfAborted();
    return untilAborted(signal);
  });
  stop.abort(new Error('the agent ends'));
  await expect(work).rejects.toThrow('the agent ends');
});

it('leaves nothing behind on the stop signal, which lives as long as the process', async () => {
  const stop = new AbortController();
  await withDeadline(stop.signal, 5_000, async () => undefined);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});
