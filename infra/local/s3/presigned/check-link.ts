import { S3Error } from '../s3-error.ts';
import { type SignedRequest, signatureOf } from './signature.ts';
import { readSignedLink, type SignedLink } from './signed-link.ts';

/** Whose links are good here. */
export type Account = {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
};

/** How far a signer's clock may be ahead. */
const SKEW_MS = 15 * 60_000;

/** @throws S3Error unless the request is a link that the account has signed, and is of use now */
export function checkLink(request: SignedRequest, account: Account, now: Date): void {
  const link = readSignedLink(request.query);
  checkCredential(link, account);
  checkTime(link, now);
  const expected = signature(request, link, account.secretAccessKey);
  if (link.signature === expected) return;
  throw new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { AWSAccessKeyId: link.credential.accessKeyId, SignatureProvided: link.signature },
  );
}

function checkCredential({ credential, date, token }: SignedLink, account: Account): void {
  if (credential.region !== account.region) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      `Error parsing the X-Amz-Credential parameter; the region '${credential.region}' is wrong; expecting '${account.region}'`,
      { Region: account.region },
    );
  }
  if (!date.stamp.startsWith(credential.day)) {
    throw new S3Error(
      'AuthorizationQueryParametersError',
      'Invalid credential date. Date is not the same as X-Amz-Date.',
    );
  }
  if (credential.accessKeyId !== account.accessKeyId) {
    const message = 'The AWS Access Key Id you provided does not exist in our records.';
    throw new S3Error('InvalidAccessKeyId', message, { AWSAccessKeyId: credential.accessKeyId });
  }
  if (token !== account.sessionToken) {
    throw new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }
}

function checkTime({ date, seconds }: SignedLink, now: Date): void {
  const expires = new Date(date.at.getTime() + seconds * 1_000);
  const times = { Expires: expires.toISOString(), ServerTime: now.toISOString() };
  if (now > expires) throw new S3Error('AccessDenied', 'Request has expired', { 'X-Amz-Expires': seconds, ...times });
  if (date.at.getTime() > now.getTime() + SKEW_MS) {
    throw new S3Error('AccessDenied', 'Request is not yet valid', times);
  }
}

function signature(request: SignedRequest, link: SignedLink, secretAccessKey: string): string {
  try {
    return signatureOf(request, link, secretAccessKey);
  } catch (error) {
    if (error instanceof URIError) throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
    throw error;
  }
}
