import { randomUUID } from 'node:crypto';
import { XMLBuilder } from 'fast-xml-parser';

const STATUSES = {
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  InvalidToken: 400,
  InvalidURI: 400,
  XAmzContentSHA256Mismatch: 400,
  AccessDenied: 403,
  InvalidAccessKeyId: 403,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  MethodNotAllowed: 405,
  PreconditionFailed: 412,
  InvalidRange: 416,
  InternalError: 500,
} as const;

type S3ErrorCode = keyof typeof STATUSES;

/** A refusal in S3's own terms: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly code: S3ErrorCode;
  readonly status: number;
  /** What stands beside code and message in the document. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: S3ErrorCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.code = code;
    this.status = STATUSES[code];
    this.details = details;
  }
}

const builder = new XMLBuilder({});

/** The body of an answer that refuses. */
export function errorDocument({ code, message, details }: S3Error): string {
  const error = { Code: code, Message: message, ...details, RequestId: randomUUID(), HostId: 'local' };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ Error: error })}`;
}
