import { describe, expect, it } from 'vitest';
import { Interrupted, StepFailed, wordsOf } from '../../../infra/deploy/failures.ts';
import { createStep } from '../../../infra/deploy/steps.ts';

describe('a step', () => {
  it('is announced, and gives what its work gives', async () => {
    const said: string[] = [];
    const step = createStep((line) => said.push(line), new AbortController().signal);
    expect(await step('migrate', async () => 7)).toBe(7);
    expect(said).toEqual(['migrate …']);
  });

  it('that fails says which one it was, and why', async () => {
    const step = createStep(() => undefined, new AbortController().signal);
    const failing = step('migrate', () => Promise.reject(new Error('no answer', { cause: new Error('ECONNRESET') })));
    await expect(failing).rejects.toEqual(expect.any(StepFailed));
    await expect(failing).rejects.toThrow('migrate: no answer (ECONNRESET)');
  });

  it('that Ctrl-C ends is no failure of its own', async () => {
    const over = new AbortController();
    const step = createStep(() => undefined, over.signal);
    const ended = step('deploy', async () => {
      over.abort();
      throw new Error('ended with SIGTERM');
    });
    await expect(ended).rejects.toEqual(expect.any(Interrupted));
    await expect(ended).rejects.toThrow('interrupted during: deploy');
    await expect(step('try it', async () => 7)).rejects.toThrow('interrupted before: try it');
  });
});

describe('an error in words', () => {
  it.each([
    [new Error('fetch failed', { cause: new Error('ENOTFOUND') }), 'fetch failed (ENOTFOUND)'],
    [new Error('step: why', { cause: new Error('why') }), 'step: why'],
    [new RangeError(''), 'RangeError'],
    ['text', 'text'],
  ])('is one line: %s', (error, words) => {
    expect(wordsOf(error)).toBe(words);
  });
});
