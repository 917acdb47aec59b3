import { describe, expect, it } from 'vitest';
import { runningSha, untilReady } from '../../../infra/deploy/until-ready.ts';

const expected = { sha: 'new', schema: '0002_b' };
const NEW = JSON.stringify({ status: 'ready', ...expected });

/** A registry that gives these answers in turn, the last of them for ever. */
function registryThat(...answers: readonly (string | Error)[]) {
  const waits: number[] = [];
  let asked = 0;
  const fetch = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? '';
    asked += 1;
    if (answer instanceof Error) throw answer;
    return new Response(answer);
  };
  const pause = async (ms: number) => waits.push(ms);
  return { ports: { fetch, pause }, waits, asked: () => asked };
}

describe('waiting for new code', () => {
  it('ends with the first answer that has its sha and its schema', async () => {
    const { ports, asked, waits } = registryThat(new Error('ECONNREFUSED'), '{"sha": "old", "schema": "0002_b"}', NEW);
    await untilReady('https://r', expected, ports);
    expect(asked()).toBe(3);
    expect(waits).toEqual([1_000, 1_000]);
  });

  it.each([
    ['other code', '{"sha": "old", "schema": "0002_b"}'],
    ['another schema', '{"sha": "new", "schema": "0001_a"}'],
    ['no JSON', '<html>'],
    ['an error', '{"code": "unavailable"}'],
  ])('gives up after 20 answers of %s, and tells the last', async (_, answer) => {
    const { ports, asked } = registryThat(answer);
    await expect(untilReady('https://r', expected, ports)).rejects.toThrow(`its last answer: ${answer}`);
    expect(asked()).toBe(20);
  });
});

describe('the code that runs', () => {
  it.each([
    ['says its sha', '{"sha": "old", "version": "1"}', 'old'],
    ['is not known where nothing sensible answers', 'Not Found', undefined],
    ['is not known where nothing answers', new Error('ENOTFOUND'), undefined],
  ])('%s', async (_, answer, sha) => {
    expect(await runningSha('https://r', registryThat(answer).ports.fetch)).toBe(sha);
  });
});
