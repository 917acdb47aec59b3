import { afterEach, describe, expect, it, vi } from 'vitest';
import { pathOf, stackWith, startLambda } from './fake-lambda.ts';
import { id, muster } from './muster.ts';
import { calm } from './swept.ts';

const answer = { ...calm, argument: ['So be it.'] };

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe.each([['--dry-run'], ['--explain', id]])('muster sweep %s', (...asked) => {
  it('with --json prints the function’s result', async () => {
    const lambda = await startLambda({ any: 'thing\u009b' });
    const { stdout } = await muster(['sweep', ...asked, '--json'], stackWith(lambda.url));
    expect(stdout).toBe('{\n  "any": "thing\\u009b"\n}');
  });

  it('invokes the function of a stage on AWS, signed for its region', async () => {
    const lambda = await startLambda(answer);
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const args = ['sweep', ...asked, '--stage', 'prod', '--region', 'eu-west-1'];
    expect(await muster(args, stackWith('http://127.0.0.1:9'))).toMatchObject({ exitCode: 0 });
    expect(lambda.invoked).toMatchObject([
      {
        path: pathOf('muster-prod-sweep'),
        authorization: expect.stringMatching(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/lambda\//),
      },
    ]);
  });

  it.each<[why: string, body: unknown, headers: Record<string, string>, stderr: RegExp]>([
    [
      'the function fails',
      { errorType: 'StoreUnavailable', errorMessage: 'no\ndatabase' },
      { 'x-amz-function-error': 'Unhandled' },
      /^muster-local-sweep failed: StoreUnavailable: no database$/,
    ],
    ['the result is another one', { ok: true }, {}, /^The registry answered, but not as this command expects/],
  ])('ends with 1 when %s', async (_, body, headers, stderr) => {
    const lambda = await startLambda(body, 200, headers);
    const ended = await muster(['sweep', ...asked], stackWith(lambda.url));
    expect(ended).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringMatching(stderr) });
    expect(lambda.invoked).toHaveLength(1);
  });

  it('asks again where an answer was lost: asking changes nothing', async () => {
    const lambda = await startLambda(answer, 200, {}, { lost: 2 });
    expect(await muster(['sweep', ...asked], stackWith(lambda.url))).toMatchObject({ exitCode: 0 });
    expect(lambda.invoked).toHaveLength(3);
  });

  it('names the stage as what is missing for a registry on AWS', async () => {
    const ended = await muster(['sweep', ...asked, '--url', 'https://example.com']);
    expect(ended).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^sweep of a registry on AWS needs --stage\n/),
    });
  });
});

describe('the patience with a function', () => {
  it('lasts for as long as a sweep may take', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lambda = await startLambda(calm, 200, {}, { until: promise });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ended = muster(['sweep', '--dry-run'], stackWith(lambda.url));
    await expect.poll(() => lambda.invoked.length).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    resolve();
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(lambda.invoked).toHaveLength(1);
  });

  it('ends where no answer comes at all', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const lambda = await startLambda({}, 200, {}, { until: promise });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const ended = muster(['orphans'], stackWith(lambda.url));
    await expect.poll(() => lambda.invoked.length).toBe(1);
    await vi.advanceTimersByTimeAsync(136_000);
    expect(await ended).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^No answer from muster-local-orphans/),
    });
    resolve();
  });
});
