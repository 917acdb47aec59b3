import { describe, expect, it } from 'vitest';
import { checkLink } from '../../../infra/local/s3/presigned/check-link.ts';

/** The worked example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const account = {
  region: 'us-east-1',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const example = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
  'X-Amz-Date': '20130524T000000Z',
  'X-Amz-Expires': '86400',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
};
const signed = new Date('2013-05-24T00:00:00Z');

type Change = { query?: Record<string, string>; path?: string; method?: string; host?: string; at?: Date };

function check({ query = {}, path = '/test.txt', method = 'GET', host, at = signed }: Change = {}): void {
  const headers = { host: host ?? 'examplebucket.s3.amazonaws.com' };
  checkLink({ method, path, query: new URLSearchParams({ ...example, ...query }), headers }, account, at);
}

const without = (name: string) => {
  const rest = new URLSearchParams(example);
  rest.delete(name);
  return rest;
};

describe('the check of a pre-signed link', () => {
  it('takes the example of the documentation, until it expires', () => {
    check();
    check({ at: new Date('2013-05-25T00:00:00Z') });
    expect(() => check({ at: new Date('2013-05-25T00:00:01Z') })).toThrow('Request has expired');
  });

  it('does not depend on the order of the parameters', () => {
    const query = new URLSearchParams(Object.entries(example).reverse());
    const headers = { host: 'examplebucket.s3.amazonaws.com' };
    expect(() => checkLink({ method: 'GET', path: '/test.txt', query, headers }, account, signed)).not.toThrow();
  });

  it.each<[string, Change, string]>([
    ['another key', { path: '/test2.txt' }, 'SignatureDoesNotMatch'],
    ['another host', { host: 'other.s3.amazonaws.com' }, 'SignatureDoesNotMatch'],
    ['another method', { method: 'HEAD' }, 'SignatureDoesNotMatch'],
    ['a longer time', { query: { 'X-Amz-Expires': '86401' } }, 'SignatureDoesNotMatch'],
    ['a parameter that was not signed', { query: { versionId: '1' } }, 'SignatureDoesNotMatch'],
    ['another signature', { query: { 'X-Amz-Signature': 'a'.repeat(64) } }, 'SignatureDoesNotMatch'],
    ['a path that is no UTF-8', { path: '/%ff' }, 'InvalidURI'],
    ['a clock that is ahead', { at: new Date('2013-05-23T23:44:59Z') }, 'AccessDenied'],
    ['a token that nobody has given', { query: { 'X-Amz-Security-Token': 't' } }, 'InvalidToken'],
    [
      'an account that is unknown',
      { query: { 'X-Amz-Credential': 'AKIDOTHER/20130524/us-east-1/s3/aws4_request' } },
      'InvalidAccessKeyId',
    ],
    [
      'another Region',
      { query: { 'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/eu-west-1/s3/aws4_request' } },
      'AuthorizationQueryParametersError',
    ],
    [
      'a key of another day',
      { query: { 'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130523/us-east-1/s3/aws4_request' } },
      'AuthorizationQueryParametersError',
    ],
    [
      'another service',
      { query: { 'X-Amz-Credential': 'a/20130524/us-east-1/ec2/aws4_request' } },
      'AuthorizationQueryParametersError',
    ],
    ['no number of seconds', { query: { 'X-Amz-Expires': 'soon' } }, 'AuthorizationQueryParametersError'],
    ['seconds below 0', { query: { 'X-Amz-Expires': '-1' } }, 'AuthorizationQueryParametersError'],
    ['more than a week', { query: { 'X-Amz-Expires': '604801' } }, 'AuthorizationQueryParametersError'],
    ['no date', { query: { 'X-Amz-Date': 'yesterday' } }, 'AuthorizationQueryParametersError'],
    ['another algorithm', { query: { 'X-Amz-Algorithm': 'AWS4' } }, 'AuthorizationQueryParametersError'],
    ['a host that is not signed', { query: { 'X-Amz-SignedHeaders': 'range' } }, 'AuthorizationQueryParametersError'],
  ])('refuses %s', (_, change, code) => {
    expect(() => check(change)).toThrow(expect.objectContaining({ code }));
  });

  it.each(Object.keys(example))('refuses a link without %s', (name) => {
    const request = { method: 'GET', path: '/test.txt', query: without(name), headers: {} };
    const refusal = { code: 'AuthorizationQueryParametersError', message: expect.stringContaining('requires the') };
    expect(() => checkLink(request, account, signed)).toThrow(expect.objectContaining(refusal));
  });

  it('denies access where nothing is signed', () => {
    const request = { method: 'GET', path: '/test.txt', query: new URLSearchParams(), headers: {} };
    expect(() => checkLink(request, account, signed)).toThrow('Access Denied');
  });
});
