import { describe, expect, it } from 'vitest';
import { Refused, WrongUsage } from '../../../infra/cli/failures.ts';
import { findRegistry } from '../../../infra/cli/registry/address.ts';

const stack = { api: 'http://127.0.0.1:3000', lambda: 'http://127.0.0.1:3002' };
const aws = 'https://abc.execute-api.eu-west-1.amazonaws.com';

type Given = { url?: string; region?: string; env?: Record<string, string>; runs?: boolean };
const find = ({ url, region, env = {}, runs = true }: Given) =>
  findRegistry({ url, region }, { env, newestStack: async () => (runs ? stack : undefined) });

describe('the registry that a command calls', () => {
  it.each<[why: string, given: Given, address: { url: string; region: string | null }]>([
    ['the newest local stack', {}, { url: stack.api, region: null }],
    ['the local stack, whatever region is set', { env: { AWS_REGION: 'x' } }, { url: stack.api, region: null }],
    [
      'MUSTER_URL before the stack',
      { env: { MUSTER_URL: 'http://localhost:1' } },
      { url: 'http://localhost:1', region: null },
    ],
    ['the stack when MUSTER_URL is empty', { env: { MUSTER_URL: '' } }, { url: stack.api, region: null }],
    [
      '--url before MUSTER_URL',
      { url: 'http://[::1]:2/', env: { MUSTER_URL: aws } },
      { url: 'http://[::1]:2', region: null },
    ],
    ['loopback unsigned over https too', { url: 'https://127.8.0.1' }, { url: 'https://127.8.0.1', region: null }],
    [
      'AWS signed for --region',
      { url: aws, region: 'eu-west-1', env: { AWS_REGION: 'x' } },
      { url: aws, region: 'eu-west-1' },
    ],
    [
      'AWS signed for AWS_REGION',
      { url: `${aws}/prod/`, env: { AWS_REGION: 'x' } },
      { url: `${aws}/prod`, region: 'x' },
    ],
    [
      'a host that only looks like loopback, signed',
      { url: 'https://127.0.0.1.example.com', region: 'x' },
      { url: 'https://127.0.0.1.example.com', region: 'x' },
    ],
  ])('is %s', async (_, given, address) => {
    expect(await find(given)).toEqual(address);
  });

  it.each<[given: Given, problem: RegExp]>([
    [{ url: 'nowhere' }, /^--url is not a URL: nowhere$/],
    [{ url: '' }, /^--url is not a URL/],
    [{ url: 'ftp://127.0.0.1' }, /^--url is not a URL/],
    [{ env: { MUSTER_URL: 'nowhere' } }, /^MUSTER_URL is not a URL: nowhere$/],
    [{ url: 'http://example.com', region: 'x' }, /^--url must be https/],
    [{ url: 'https://me:secret@example.com', region: 'x' }, /^--url takes a host and a path, nothing else$/],
    [{ url: `${aws}?a=b`, region: 'x' }, /^--url takes a host and a path/],
    [{ url: aws }, /needs --region, or AWS_REGION$/],
    [{ url: aws, env: { AWS_REGION: '' } }, /needs --region, or AWS_REGION$/],
  ])('is wrong usage with %j', async (given, problem) => {
    const failure = find(given);
    await expect(failure).rejects.toBeInstanceOf(WrongUsage);
    await expect(failure).rejects.toThrow(problem);
  });

  it('is none when no stack runs', async () => {
    await expect(find({ runs: false })).rejects.toBeInstanceOf(Refused);
  });
});
