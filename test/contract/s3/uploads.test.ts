import { createHash } from 'node:crypto';
import { crc32, gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { checkUpload } from '../../../infra/local/s3/uploads/check-upload.ts';
import { createObjects } from '../../../lib/adapters/s3/put-object.ts';
import { account, startedS3 } from './started.ts';

const object = {
  key: 'events/2025-01/1-2(a)+b.ndjson.gz',
  content: Buffer.from('{"id":1}\n'),
  metadata: { events: '1' },
};

async function uploads(bucket = 'bucket', credentials = account, region = account.region) {
  const started = await startedS3();
  const client = new S3Client({ endpoint: started.s3.url, region, credentials, maxAttempts: 1 });
  return { ...started, client, objects: createObjects(bucket, client) };
}

describe('an upload', () => {
  it('is stored with its type and its metadata, and can be downloaded', async () => {
    const { s3, objects, linkTo } = await uploads();
    await objects.put(object);
    expect(gunzipSync(s3.objectsOf('bucket').get(object.key)?.body ?? '').toString()).toBe('{"id":1}\n');
    const response = await fetch(await linkTo(object.key));
    expect(response.headers.get('content-type')).toBe('application/gzip');
    expect(response.headers.get('x-amz-meta-events')).toBe('1');
    expect(gunzipSync(await response.arrayBuffer()).toString()).toBe('{"id":1}\n');
  });

  it('sent again is the same object', async () => {
    const { s3, objects } = await uploads();
    await objects.put(object);
    const first = s3.objectsOf('bucket').get(object.key)?.etag;
    await objects.put(object);
    expect(s3.objectsOf('bucket').get(object.key)?.etag).toBe(first);
    expect(s3.objectsOf('bucket').size).toBe(2);
  });

  it.each<[string, Parameters<typeof uploads>, string]>([
    ['a bucket that is not there', ['another'], 'NoSuchBucket'],
    ['another secret', ['bucket', { ...account, secretAccessKey: 'x' }], 'SignatureDoesNotMatch'],
    ['another account', ['bucket', { ...account, accessKeyId: 'AKIDOTHER' }], 'InvalidAccessKeyId'],
    ['another Region', ['bucket', account, 'eu-west-1'], 'AuthorizationHeaderMalformed'],
  ])('to or with %s is refused, and stores nothing', async (_, given, name) => {
    const { s3, objects } = await uploads(...given);
    await expect(objects.put(object)).rejects.toMatchObject({ name });
    expect([...s3.objectsOf('bucket').keys()]).toEqual(['a.tgz']);
  });

  it.each([-16, 16])('that was signed %i minutes away from now is refused', async (minutes) => {
    const { time, objects } = await uploads();
    time.now = new Date(time.now.getTime() + minutes * 60_000);
    await expect(objects.put(object)).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
  });
});

/** The worked example of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
const documented = {
  method: 'PUT',
  path: '/test%24file.text',
  query: new URLSearchParams(),
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
};
const its = {
  region: 'us-east-1',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

describe('the check of an upload', () => {
  const content = Buffer.from('Welcome to Amazon S3.');
  const check = (headers: Record<string, string> = {}, sent: Buffer = content) =>
    checkUpload({ ...documented, headers: { ...documented.headers, ...headers } }, sent, its, new Date('2013-05-24'));

  it('takes the example of the documentation', () => {
    expect(() => check()).not.toThrow();
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(content));
    expect(() => check({ 'x-amz-checksum-crc32': checksum.toString('base64') })).not.toThrow();
  });

  it.each<[string, Record<string, string>, Buffer, string]>([
    ['a body that was not signed', {}, Buffer.from('other'), 'XAmzContentSHA256Mismatch'],
    ['another checksum', { 'x-amz-checksum-crc32': 'AAAAAA==' }, content, 'BadDigest'],
    ['a signed header that was changed', { 'x-amz-storage-class': 'STANDARD' }, content, 'SignatureDoesNotMatch'],
    [
      'the digest of another body',
      { 'x-amz-content-sha256': createHash('sha256').update('other').digest('hex') },
      Buffer.from('other'),
      'SignatureDoesNotMatch',
    ],
    ['no signature', { authorization: '' }, content, 'AccessDenied'],
    ['what is no signature', { authorization: 'Bearer x' }, content, 'AuthorizationHeaderMalformed'],
  ])('refuses %s', (_, headers, sent, code) => {
    expect(() => check(headers, sent)).toThrow(expect.objectContaining({ code }));
  });
});
