import { describe, expect, it } from 'vitest';
import { isAllowedSource, s3Location } from '../../../../lib/domain/declaration/source.ts';

describe('a source', () => {
  it.each([
    ['https://example.com/a.tgz', false, true],
    ['HTTPS://example.com/a.tgz', false, true],
    ['https://example.com:8443/a%20b.tgz?x=1', false, true],
    ['https://exämple.com/é.tgz', false, true],
    ['http://example.com/a.tgz', true, false],
    ['http://127.0.0.1:9/a.tgz', false, false],
    ['http://127.0.0.1:9/a.tgz', true, true],
    ['http://localhost/a.tgz', true, true],
    ['http://[::1]/a.tgz', true, true],
    ['http://127.0.0.1.example.com/a.tgz', true, false],
    ['http://localhost@example.com/a.tgz', true, false],
    ['https://user@example.com/a.tgz', true, false],
    ['https://:secret@example.com/a.tgz', true, false],
    ['https://@example.com/a.tgz', true, false],
    ['https://:@example.com/a.tgz', true, false],
    ['https://example.com/@scope/a.tgz', false, true],
    ['https://example.com?a=@b', false, true],
    ['https://example.com', false, true],
    ['https:example.com/a.tgz', true, false],
    ['https:///example.com/a.tgz', true, false],
    ['https:////example.com/a.tgz', true, false],
    ['https://?a=b', true, false],
    ['https://example.com/a.tgz#', true, false],
    ['https://example.com/a.tgz#sha256', true, false],
    ['https://example.com#a.tgz', true, false],
    ['https://exam\u200bple.com/a.tgz', true, false],
    ['https://exam\u00adple.com/a.tgz', true, false],
    ['https://example.com/\u200d.tgz', true, false],
    ['https://example.com/\u202egz.tgz', true, false],
    ['https://example.com/\u2066a.tgz', true, false],
    ['\ufeffhttps://example.com/a.tgz', true, false],
    ['https:\\\\example.com/a.tgz', true, false],
    ['https://example.com\\a.tgz', true, false],
    ['https://example.com/a b.tgz', true, false],
    ['https://example.com:99999/a.tgz', true, false],
    ['https://example.com/a\tb.tgz', true, false],
    ['https://example.com/a.tgz\n', true, false],
    [' https://example.com/a.tgz', true, false],
    ['https://example.com/\u001b[2J', true, false],
    ['https://', true, false],
    ['file:///etc/passwd', true, false],
    ['ftp://127.0.0.1/a', true, false],
    ['a.tgz', true, false],
    ['s3://bucket/a.tgz', false, true],
    ['s3://bucket', true, false],
  ])('%j, loopback allowed: %s, is allowed: %s', (source, loopback, allowed) => {
    expect(isAllowedSource(source, loopback)).toBe(allowed);
  });
});

describe('an artefact in S3', () => {
  it.each([
    ['s3://bucket/a.tgz', { bucket: 'bucket', key: 'a.tgz' }],
    ['s3://my.bucket-1/a/b/1.0.0+1.tgz', { bucket: 'my.bucket-1', key: 'a/b/1.0.0+1.tgz' }],
    ["s3://bucket/a//b/!_.*'()=@~-/..a", { bucket: 'bucket', key: "a//b/!_.*'()=@~-/..a" }],
    [`s3://${'b'.repeat(63)}/${'k'.repeat(1024)}`, { bucket: 'b'.repeat(63), key: 'k'.repeat(1024) }],
  ])('%s is one', (source, location) => {
    expect(s3Location(source)).toEqual(location);
  });

  it.each([
    ['no key', 's3://bucket/'],
    ['no bucket', 's3:///a.tgz'],
    ['a bucket of two characters', 's3://ab/a.tgz'],
    ['a bucket of 64 characters', `s3://${'b'.repeat(64)}/a.tgz`],
    ['a bucket in upper case', 's3://Bucket/a.tgz'],
    ['a bucket that ends with a dash', 's3://bucket-/a.tgz'],
    ['a bucket of two dots together', 's3://a..b/a.tgz'],
    ['a bucket that is an IP address', 's3://192.168.0.1/a.tgz'],
    ['a key that is too long', `s3://bucket/${'k'.repeat(1025)}`],
    ['a key that a link would have to escape', 's3://bucket/a b'],
    ['a key with a query', 's3://bucket/a?versionId=1'],
    ['a key with a percent sign', 's3://bucket/a%2fb'],
    ['a key of a part that is two dots', 's3://bucket/a/../b'],
    ['a key that begins with two dots', 's3://bucket/../b'],
    ['a key that ends with a dot', 's3://bucket/a/.'],
    ['a line after it', 's3://bucket/a\n'],
    ['another scheme', 'https://bucket/a'],
  ])('is none with %s', (_, source) => {
    expect(s3Location(source)).toBeUndefined();
  });
});
