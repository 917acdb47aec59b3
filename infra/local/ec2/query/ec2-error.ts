const statuses: Readonly<Record<string, number>> = {
  AuthFailure: 401,
  DryRunOperation: 412,
  InsufficientInstanceCapacity: 500,
  InternalError: 500,
  RequestLimitExceeded: 503,
  Unavailable: 503,
  UnauthorizedOperation: 403,
};

/**
 * A refusal in EC2's own terms. `code` is what the SDK shows as the error's name; the HTTP status decides whether the
 * SDK tries again, so it follows EC2: 400 for client errors but for the few listed here.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number = statuses[code] ?? 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
