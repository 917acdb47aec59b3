import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Account } from '../presigned/check-link.ts';
import { type SignedRequest, signatureOf } from '../presigned/signature.ts';
import { S3Error } from '../s3-error.ts';

/** How far a signer's clock may be off. */
const SKEW_MS = 15 * 60_000;

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/((\d{8})\/([^/]+)\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;

/** @throws S3Error unless the account has signed this upload in its headers just now, and the body is what it signed */
export function checkUpload(request: SignedRequest, body: Buffer, account: Account, now: Date): void {
  const header = (name: string) => String(request.headers[name] ?? '');
  if (header('authorization') === '') throw new S3Error('AccessDenied', 'Access Denied');
  const [, accessKeyId, scope, , region, names, given] = HEADER.exec(header('authorization')) ?? [];
  if (scope === undefined || names === undefined || region !== account.region) {
    throw new S3Error('AuthorizationHeaderMalformed', 'The authorization header that you provided is not valid.');
  }
  if (accessKeyId !== account.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  }
  checkTime(header('x-amz-date'), now);
  const payload = header('x-amz-content-sha256');
  const signing = { credential: { scope }, date: { stamp: header('x-amz-date') }, signedHeaders: names.split(';') };
  if (signatureOf(request, signing, account.secretAccessKey, payload) !== given) {
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== createHash('sha256').update(body).digest('hex')) {
    throw new S3Error('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match.");
  }
  checkChecksum(header('x-amz-checksum-crc32'), body);
}

function checkTime(stamp: string, now: Date): void {
  const at = new Date(stamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Math.abs(at.getTime() - now.getTime()) <= SKEW_MS) return;
  const message = 'The difference between the request time and the current time is too large.';
  throw new S3Error('RequestTimeTooSkewed', message, { RequestTime: stamp, ServerTime: now.toISOString() });
}

/** What the client computed of the body; none is sent for what it cannot compute in advance. */
function checkChecksum(given: string, body: Buffer): void {
  if (given === '') return;
  const computed = Buffer.alloc(4);
  computed.writeUInt32BE(crc32(body));
  if (computed.toString('base64') === given) return;
  throw new S3Error('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
}
