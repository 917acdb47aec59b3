import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { SignedLink } from './signed-link.ts';

/** A request as it came: path and query as they were written. */
export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
};

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Everything but letters, digits and `-._~` is encoded. */
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * The signature that AWS computes of a request whose signature is in its query; written from the documentation, so that
 * it can tell whether the SDK's signer was used rightly:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @throws URIError for a path that is no UTF-8
 */
export function signatureOf(request: SignedRequest, link: SignedLink, secretAccessKey: string): string {
  const { credential, date } = link;
  const toSign = ['AWS4-HMAC-SHA256', date.stamp, credential.scope, sha256(canonicalRequest(request, link))].join('\n');
  const key = credential.scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

function canonicalRequest({ method, path, query, headers }: SignedRequest, { signedHeaders }: SignedLink): string {
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted();
  return [
    method,
    // S3 computes it of the key, whichever way the key is written in the path.
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    parameters.join('&'),
    ...signedHeaders.map((name) => `${name}:${String(headers[name] ?? '').trim()}`),
    '',
    signedHeaders.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
}
