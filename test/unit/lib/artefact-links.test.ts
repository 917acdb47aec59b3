import { describe, expect, it } from 'vitest';
import { checkLink } from '../../../infra/local/s3/presigned/check-link.ts';
import { type ArtefactsConfig, createArtefactLinks, LinkNotSigned } from '../../../lib/adapters/s3/artefact-links.ts';

const now = new Date('2026-03-01T12:00:00Z');
const identity = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const region = 'eu-west-1';

type Identity = typeof identity & { sessionToken?: string; expiration?: Date };

const linksOf = (found: Identity = identity, config: ArtefactsConfig = { region }) =>
  createArtefactLinks(config, { credentials: async () => found, now: () => now });

/** @throws unless AWS would take the link for one that the account has signed */
function check(link: string, account: { region: string; sessionToken?: string } = { region }, at = now): void {
  const { host, pathname, searchParams } = new URL(link);
  checkLink({ method: 'GET', path: pathname, query: searchParams, headers: { host } }, { ...identity, ...account }, at);
}

describe('a link to an artefact', () => {
  it.each(['https://example.com/a.tgz?b=c', 'http://127.0.0.1:9/a.tgz', 's3://Not_A_Bucket/a.tgz'])(
    'is the source itself where it is not in S3: %s',
    async (source) => {
      expect(await linksOf().linkTo(source)).toBe(source);
    },
  );

  it.each([
    [region, 's3://bucket/a/b.tgz', 'https://bucket.s3.eu-west-1.amazonaws.com/a/b.tgz?'],
    [region, 's3://a.bucket/b.tgz', 'https://s3.eu-west-1.amazonaws.com/a.bucket/b.tgz?'],
    ['cn-north-1', 's3://bucket/b.tgz', 'https://bucket.s3.cn-north-1.amazonaws.com.cn/b.tgz?'],
    ['us-gov-west-1', 's3://bucket/b.tgz', 'https://bucket.s3.us-gov-west-1.amazonaws.com/b.tgz?'],
  ])('leads to the bucket in %s: %s', async (its, source, start) => {
    const link = await linksOf(identity, { region: its }).linkTo(source);
    expect(link.slice(0, start.length)).toBe(start);
    check(link, { region: its });
  });

  it.each([
    ['http://127.0.0.1:4566', 'http://127.0.0.1:4566/bucket/a.tgz?'],
    ['https://s3.internal/', 'https://s3.internal/bucket/a.tgz?'],
    ['https://gateway.internal/s3/', 'https://gateway.internal/s3/bucket/a.tgz?'],
  ])('leads to %s where that stands for S3', async (endpoint, start) => {
    const link = await linksOf(identity, { region, endpoint }).linkTo('s3://bucket/a.tgz');
    expect(link.slice(0, start.length)).toBe(start);
    check(link);
  });

  it.each([
    ['a+b@c=d~e.tgz', 'a%2Bb%40c%3Dd~e.tgz'],
    ["(1)!*'_-.tgz", '%281%29%21%2A%27_-.tgz'],
    ['/a//b.tgz', '/a//b.tgz'],
  ])('encodes the key %s, and is signed as it is encoded', async (key, encoded) => {
    const link = await linksOf().linkTo(`s3://bucket/${key}`);
    expect(link).toContain(`.amazonaws.com/${encoded}?`);
    check(link);
  });

  it('is good for 15 minutes and no longer', async () => {
    const link = await linksOf().linkTo('s3://bucket/a.tgz');
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('900');
    check(link, { region }, new Date(now.getTime() + 900_000));
    expect(() => check(link, { region }, new Date(now.getTime() + 901_000))).toThrow('Request has expired');
  });

  it('is not good for longer than the credentials that sign it', async () => {
    const expiration = new Date(now.getTime() + 299_999);
    const link = await linksOf({ ...identity, expiration }).linkTo('s3://bucket/a.tgz');
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('299');
    check(link);
  });

  it('carries the token of temporary credentials', async () => {
    const sessionToken = 'FwoGZX+/=token';
    const link = await linksOf({ ...identity, sessionToken }).linkTo('s3://bucket/a.tgz');
    check(link, { region, sessionToken });
    expect(() => check(link, { region, sessionToken: 'another' })).toThrow('token');
  });

  it.each([0, 999, -60_000])('is not made with credentials that end in %i ms', async (left) => {
    const expiration = new Date(now.getTime() + left);
    const links = linksOf({ ...identity, expiration });
    await expect(links.linkTo('s3://bucket/a.tgz')).rejects.toThrow(LinkNotSigned);
  });

  it('is not made without credentials, and says why', async () => {
    const cause = new Error('Could not load credentials from any providers');
    const links = createArtefactLinks({ region }, { credentials: () => Promise.reject(cause), now: () => now });
    await expect(links.linkTo('s3://bucket/a.tgz')).rejects.toMatchObject({ name: 'LinkNotSigned', cause });
  });
});
