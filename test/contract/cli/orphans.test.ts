import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, pathOf, stackWith, startLambda } from './fake-lambda.ts';
import { id, muster } from './muster.ts';

const result = {
  dry_run: false,
  seen: 12,
  decisions: [
    { instance_id: 'i-0123456789abcdef0', workspace_id: id, generation: 1, action: 'terminate', reason: 'superseded' },
    { instance_id: null, workspace_id: null, generation: null, action: 'alarm', reason: 'no row' },
  ],
  held: 3,
};

afterEach(() => vi.unstubAllEnvs());

describe('muster orphans', () => {
  it('invokes the function of the newest local stack and shows what it decided', async () => {
    const lambda = await startLambda(result);
    const { exitCode, stdout, stderr } = await muster(['orphans'], stackWith(lambda.url));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`│ i-0123456789abcdef0 +│ ${id} +│ 1 +│ terminate +│ superseded +│`));
    expect(stdout).toMatch(/│ – +│ – +│ – +│ alarm +│ no row +│/);
    expect(stdout).toMatch(/\nDone: seen=12, held=3$/);
    expect(lambda.invoked).toMatchObject([{ path: pathOf('muster-local-orphans'), payload: { dry_run: false } }]);
  });

  it('with --dry-run asks for decisions alone, and says that nothing was done', async () => {
    const lambda = await startLambda({ dry_run: true, seen: 0, decisions: [], held: 0 });
    const { stdout } = await muster(['orphans', '--dry-run', '--url', `${api}/`], stackWith(lambda.url));
    expect(stdout).toBe('Nothing to decide.\nDry run, nothing was done: seen=0, held=0');
    expect(lambda.invoked).toMatchObject([{ payload: { dry_run: true } }]);
  });

  it('with --json prints the function’s result', async () => {
    const lambda = await startLambda({ ...result, more: 1 });
    const { stdout } = await muster(['orphans', '--json'], stackWith(lambda.url));
    expect(JSON.parse(stdout)).toEqual({ ...result, more: 1 });
  });

  it('invokes the function of a stage on AWS, signed for its region', async () => {
    const lambda = await startLambda(result);
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const args = ['orphans', '--stage', 'prod', '--region', 'eu-west-1'];
    expect(await muster(args, stackWith('http://127.0.0.1:9'))).toMatchObject({ exitCode: 0 });
    expect(lambda.invoked).toMatchObject([
      {
        path: pathOf('muster-prod-orphans'),
        authorization: expect.stringMatching(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/lambda\//),
      },
    ]);
  });

  it.each<[why: string, status: number, body: unknown, headers: Record<string, string>, stderr: RegExp]>([
    [
      'the function fails',
      200,
      { errorType: 'StoreUnavailable', errorMessage: 'no\ndatabase' },
      { 'x-amz-function-error': 'Unhandled' },
      /^muster-local-orphans failed: StoreUnavailable: no database$/,
    ],
    [
      'there is no such function',
      404,
      { Message: 'Function not found' },
      { 'x-amzn-errortype': 'ResourceNotFoundException' },
      /^Lambda refused to invoke muster-local-orphans \(ResourceNotFoundException\): Function not found$/,
    ],
    ['the result is another one', 200, { ok: true }, {}, /^The registry answered, but not as this command expects/],
  ])('ends with 1 when %s, after one call', async (_, status, body, headers, stderr) => {
    const lambda = await startLambda(body, status, headers);
    const ended = await muster(['orphans'], stackWith(lambda.url));
    expect(ended).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringMatching(stderr) });
    expect(lambda.invoked).toHaveLength(1);
  });

  it('calls once when Lambda is in trouble: a second run would count as a second sighting', async () => {
    const lambda = await startLambda({ message: 'trouble' }, 500, { 'x-amzn-errortype': 'ServiceException' });
    expect(await muster(['orphans'], stackWith(lambda.url))).toMatchObject({ exitCode: 1 });
    expect(lambda.invoked).toHaveLength(1);
  });

  it('says that Lambda does not answer', async () => {
    const lambda = await startLambda(result);
    await lambda.stop();
    expect(await muster(['orphans'], stackWith(lambda.url))).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^No answer from muster-local-orphans at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
      ),
    });
  });

  it.each<[args: string[], env: Record<string, string>, exitCode: number, stderr: RegExp]>([
    [['--url', 'https://example.com'], {}, 2, /^orphans of a registry on AWS needs --stage\n/],
    [[], { MUSTER_URL: 'https://example.com' }, 2, /^orphans of a registry on AWS needs --stage\n/],
    [['--stage', 'prod'], {}, 2, /^A registry on AWS needs --region, or AWS_REGION\n/],
    [['--url', 'http://127.0.0.1:4000'], {}, 1, /^The newest stack .* listens at .*:3000, not at .*:4000$/],
  ])('never takes the local stack for the registry that is meant: %j with %j', async (args, env, exitCode, stderr) => {
    const lambda = await startLambda(result);
    const ended = await muster(['orphans', ...args], { ...stackWith(lambda.url), env });
    expect(ended).toEqual({ exitCode, stdout: '', stderr: expect.stringMatching(stderr) });
    expect(lambda.invoked).toEqual([]);
  });
});
