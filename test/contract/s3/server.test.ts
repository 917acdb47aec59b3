import { formatUrl } from '@aws-sdk/core/util';
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import { Sha256 } from '@smithy/core/checksum';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { account, content, startedS3 } from './started.ts';

const parser = new XMLParser({ parseTagValue: false });

async function refusalOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/xml');
  const text = await response.text();
  expect(text.slice(0, 38)).toBe('<?xml version="1.0" encoding="UTF-8"?>');
  return { status: response.status, ...parser.parse(text).Error };
}

describe('the local S3', () => {
  it.each(['a.tgz', 'a+b@c=d~e.tgz', "dir/(1)!*'_-.tgz", '/a//b.tgz'])(
    'gives the object %s to whoever has a link',
    async (key) => {
      const { s3, linkTo } = await startedS3();
      s3.put('bucket', key, content);
      const response = await fetch(await linkTo(key));
      expect(response.status).toBe(200);
      expect(response.headers.get('accept-ranges')).toBe('bytes');
      expect(response.headers.get('etag')).toBe('"781e5e245d69b566979b86e28d23f2c7"');
      expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
    },
  );

  it('refuses a link that has expired, in the words of S3', async () => {
    const { time, linkTo } = await startedS3();
    const link = await linkTo('a.tgz');
    time.now = new Date(time.now.getTime() + 901_000);
    expect(await refusalOf(await fetch(link))).toMatchObject({
      status: 403,
      Code: 'AccessDenied',
      Message: 'Request has expired',
      'X-Amz-Expires': '900',
      Expires: expect.stringMatching(/^20/),
      ServerTime: time.now.toISOString(),
    });
  });

  it.each([
    ['a link to another key', (link: string) => link.replace('a.tgz', 'b.tgz'), 403, 'SignatureDoesNotMatch'],
    ['no link', (link: string) => link.replace(/\?.*/, ''), 403, 'AccessDenied'],
    [
      'a link without its token',
      (link: string) => link.replace(/X-Amz-Security-Token=[^&]*&/, ''),
      400,
      'InvalidToken',
    ],
  ])('refuses %s', async (_, change, status, Code) => {
    const { linkTo } = await startedS3();
    expect(await refusalOf(await fetch(change(await linkTo('a.tgz'))))).toMatchObject({ status, Code });
  });

  it('says of what is not there which part is missing', async () => {
    const { linkTo } = await startedS3();
    expect(await refusalOf(await fetch(await linkTo('none.tgz')))).toMatchObject({
      status: 404,
      Code: 'NoSuchKey',
      Key: 'none.tgz',
    });
    expect(await refusalOf(await fetch(await linkTo('a.tgz', 'another')))).toMatchObject({
      status: 404,
      Code: 'NoSuchBucket',
      BucketName: 'another',
    });
  });

  it('keeps what else is in a bucket', async () => {
    const { s3, linkTo } = await startedS3();
    s3.put('bucket', 'b.tgz', Buffer.from('b'));
    const keys = ['a.tgz', 'b.tgz'];
    const bodies = await Promise.all(keys.map(async (key) => (await fetch(await linkTo(key))).text()));
    expect(bodies).toEqual(['0123456789', 'b']);
  });

  it('describes an object to HEAD without its body, which no fault meets', async () => {
    const { s3, faults } = await startedS3();
    faults.set({ error: 1 });
    const { hostname, port } = new URL(s3.url);
    const request = {
      method: 'HEAD',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: '/bucket/a.tgz',
      headers: {},
    };
    const presigner = new S3RequestPresigner({ region: account.region, credentials: account, sha256: Sha256 });
    const head = await fetch(formatUrl(await presigner.presign(request)), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  it('takes a link for its own method alone, and no other method than GET, HEAD and PUT', async () => {
    const { s3, linkTo } = await startedS3();
    const head = await fetch(await linkTo('a.tgz'), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([403, '']);
    const put = await fetch(await linkTo('a.tgz'), { method: 'PUT', body: 'x' });
    expect(await refusalOf(put)).toMatchObject({ status: 403, Code: 'AccessDenied' });
    expect(s3.objectsOf('bucket').get('a.tgz')?.body).toEqual(content);
    const deleted = await fetch(await linkTo('a.tgz'), { method: 'DELETE' });
    expect(await refusalOf(deleted)).toMatchObject({ status: 405, Code: 'MethodNotAllowed' });
  });
});

describe('a part of an object', () => {
  it.each([
    ['bytes=0-3', 'bytes 0-3/10', '0123'],
    ['bytes=4-', 'bytes 4-9/10', '456789'],
    ['bytes=8-20', 'bytes 8-9/10', '89'],
    ['bytes=-3', 'bytes 7-9/10', '789'],
    ['bytes=-30', 'bytes 0-9/10', '0123456789'],
  ])('%s is given alone', async (range, contentRange, body) => {
    const { linkTo } = await startedS3();
    const response = await fetch(await linkTo('a.tgz'), { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(body.length));
    expect(await response.text()).toBe(body);
    // Over the same connection: nothing of the answer before is left in it.
    expect(await (await fetch(await linkTo('a.tgz'))).text()).toBe('0123456789');
  });

  it.each(['bytes=-', 'bytes=5-2', 'bytes=0-1,4-5', 'lines=0-1'])(
    '%s is no range, and the whole is given',
    async (range) => {
      const { linkTo } = await startedS3();
      const response = await fetch(await linkTo('a.tgz'), { headers: { range } });
      expect([response.status, response.headers.get('content-range')]).toEqual([200, null]);
      expect(await response.text()).toBe('0123456789');
    },
  );

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s is not there', async (range) => {
    const { linkTo } = await startedS3();
    expect(await refusalOf(await fetch(await linkTo('a.tgz'), { headers: { range } }))).toMatchObject({
      status: 416,
      Code: 'InvalidRange',
      RangeRequested: range,
      ActualObjectSize: '10',
    });
  });

  it('is of the version that was begun with, or refused', async () => {
    const { s3, linkTo } = await startedS3();
    const link = await linkTo('a.tgz');
    const etag = (await fetch(link)).headers.get('etag') ?? '';
    const headers = { range: 'bytes=5-', 'if-match': etag };
    expect((await fetch(link, { headers })).status).toBe(206);
    s3.put('bucket', 'a.tgz', Buffer.from('other'));
    const refusal = { status: 412, Code: 'PreconditionFailed', Condition: 'If-Match' };
    expect(await refusalOf(await fetch(link, { headers }))).toMatchObject(refusal);
    expect((await fetch(link, { headers: { 'if-match': '*' } })).status).toBe(200);
  });
});
