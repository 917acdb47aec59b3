import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came: path and query as they were written. */
export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
};

/** What a request says of its own signature, whether in its query or in a header. */
export type Signing = {
  readonly credential: { readonly scope: string };
  readonly date: { readonly stamp: string };
  /** In small letters and sorted. */
  readonly signedHeaders: readonly string[];
};

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Everything but letters, digits and `-._~` is encoded. */
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * The signature that AWS computes of a request; written from the documentation, so that it can tell whether the SDK's
 * signer was used rightly: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @param payload the SHA-256 of the body in hexadecimal, or what stands for it
 * @throws URIError for a path that is no UTF-8
 */
export function signatureOf(
  request: SignedRequest,
  signing: Signing,
  secretAccessKey: string,
  payload = 'UNSIGNED-PAYLOAD',
): string {
  const { credential, date } = signing;
  const hashed = sha256(canonicalRequest(request, signing, payload));
  const toSign = ['AWS4-HMAC-SHA256', date.stamp, credential.scope, hashed].join('\n');
  const key = credential.scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

function canonicalRequest(
  { method, path, query, headers }: SignedRequest,
  { signedHeaders }: Signing,
  payload: string,
): string {
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
    payload,
  ].join('\n');
}
