import { z } from 'zod';
import { S3Error } from '../s3-error.ts';

/** Longer than a week nothing is signed for. */
const MAX_SECONDS = 604_800;

const INCOMPLETE =
  'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.';

const date = z
  .string()
  .regex(/^\d{8}T\d{6}Z$/, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
  .transform((stamp) => ({
    stamp,
    at: new Date(stamp.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z')),
  }));

const seconds = z
  .string()
  .regex(/^-?\d+$/, 'X-Amz-Expires should be a number')
  .transform(Number)
  .refine((given) => given >= 0, 'X-Amz-Expires must be non-negative')
  .refine(
    (given) => given <= MAX_SECONDS,
    'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
  );

const credential = z
  .string()
  .regex(
    /^[^/]+\/\d{8}\/[^/]+\/s3\/aws4_request$/,
    'Error parsing the X-Amz-Credential parameter; it must be of the form <access key>/<date>/<region>/s3/aws4_request',
  )
  .transform((text) => {
    const [accessKeyId = '', day = '', region = ''] = text.split('/');
    return { accessKeyId, day, region, scope: `${day}/${region}/s3/aws4_request` };
  });

const signedLink = z
  .object({
    'X-Amz-Algorithm': z.literal('AWS4-HMAC-SHA256', 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"'),
    'X-Amz-Credential': credential,
    'X-Amz-Date': date,
    'X-Amz-Expires': seconds,
    'X-Amz-SignedHeaders': z
      .string()
      .regex(/(^|;)host(;|$)/, 'Headers must include host')
      .transform((names) => names.split(';')),
    'X-Amz-Signature': z.string(),
    'X-Amz-Security-Token': z.string().optional(),
  })
  .transform((query) => ({
    credential: query['X-Amz-Credential'],
    date: query['X-Amz-Date'],
    seconds: query['X-Amz-Expires'],
    signedHeaders: query['X-Amz-SignedHeaders'],
    signature: query['X-Amz-Signature'],
    token: query['X-Amz-Security-Token'],
  }));

/** What the query of a pre-signed link says. */
export type SignedLink = z.output<typeof signedLink>;

/** @throws S3Error where the query is not that of a pre-signed link */
export function readSignedLink(query: URLSearchParams): SignedLink {
  const given = Object.fromEntries(query);
  const names = Object.keys(given).filter((name) => name.startsWith('X-Amz-'));
  if (names.length === 0) throw new S3Error('AccessDenied', 'Access Denied');
  const parsed = signedLink.safeParse(given);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.some(({ path: [name] }) => given[String(name)] === undefined);
  const message = missing ? INCOMPLETE : (parsed.error.issues[0]?.message ?? INCOMPLETE);
  throw new S3Error('AuthorizationQueryParametersError', message);
}
