import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { id, muster } from './muster.ts';

const url = 'https://abc.execute-api.eu-west-1.amazonaws.com/prod';

function withCredentials(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'session');
}

/** Runs a command whose calls go nowhere. */
async function calledBy(...args: string[]) {
  const requests: Request[] = [];
  const nowhere: typeof fetch = async (input, init) => {
    requests.push(new Request(input, init));
    return Response.json({ items: [], next_cursor: null });
  };
  const ended = await muster(args, { fetch: nowhere, env: { AWS_REGION: 'eu-west-1' } });
  return { ended, requests };
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** What AWS computes from a request that came: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
async function signatureOf(request: Request, signedHeaders: string): Promise<string> {
  const { host, pathname, searchParams } = new URL(request.url);
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
  const headers = signedHeaders
    .split(';')
    .map((name) => `${name}:${name === 'host' ? host : request.headers.get(name)}\n`);
  const body = sha256(await request.clone().text());
  const canonical = [request.method, pathname, query, headers.join(''), signedHeaders, body].join('\n');
  const time = request.headers.get('x-amz-date') ?? '';
  const scope = `${time.slice(0, 8)}/eu-west-1/execute-api/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4secret');
  return hmac(key, toSign).toString('hex');
}

afterEach(() => vi.unstubAllEnvs());

describe('a call of a registry on AWS', () => {
  it.each([
    ['ps', '--label', "team=a b+c&d'(é)", '--label', 'a=b', '--status', 'online', '--status', 'failed'],
    ['create', '--name', 'Zoë', '--runtime', 'agent', '--key', 'k1'],
    ['restart', id, '--replace'],
    ['rm', id],
  ])('is signed as AWS checks it: %s', async (...args) => {
    withCredentials();
    const { requests } = await calledBy(...args, '--json', '--url', url);
    expect(requests).toHaveLength(1);
    for (const request of requests) {
      const authorization = request.headers.get('authorization') ?? '';
      const [, credential, signedHeaders = '', signature] =
        /^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(authorization) ?? [];
      expect(credential).toMatch(/^AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request$/);
      expect(signedHeaders.split(';')).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-security-token']));
      expect(request.headers.get('x-amz-security-token')).toBe('session');
      expect(signature).toBe(await signatureOf(request, signedHeaders));
      expect(request.url.startsWith(`${url}/workspaces`)).toBe(true);
      expect(request.redirect).toBe('manual');
    }
  });

  it('is not made without credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) {
      vi.stubEnv(name, undefined);
    }
    const { ended, requests } = await calledBy('ps', '--url', url);
    expect(ended).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The call cannot be signed: .*credentials/),
    });
    expect(requests).toEqual([]);
  });

  it('is not signed on loopback, whatever credentials there are', async () => {
    withCredentials();
    const { requests } = await calledBy('ps', '--url', 'http://127.0.0.1:9');
    expect(requests.map(({ headers }) => [...headers.keys()])).toEqual([[]]);
  });
});
