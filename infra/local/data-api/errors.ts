/** HTTP status of each error that the service answers with; the client's model names them, the status is the model's. */
const STATUS = {
  BadRequestException: 400,
  DatabaseErrorException: 400,
  DatabaseResumingException: 400,
  HttpEndpointNotEnabledException: 400,
  SecretsErrorException: 400,
  StatementTimeoutException: 400,
  UnsupportedResultException: 400,
  ValidationException: 400,
  ForbiddenException: 403,
  DatabaseNotFoundException: 404,
  TransactionNotFoundException: 404,
  UnknownOperationException: 404,
  SerializationException: 400,
  RequestEntityTooLargeException: 413,
  InternalFailure: 500,
  InternalServerErrorException: 500,
  ServiceUnavailableError: 503,
  DatabaseUnavailableException: 504,
} as const;

export type DataApiErrorType = keyof typeof STATUS;

/** An error in the words of the Data API: its type goes into the header x-amzn-errortype, its message into the body. */
export class DataApiError extends Error {
  override readonly name = 'DataApiError';
  readonly type: DataApiErrorType;
  readonly status: number;

  constructor(type: DataApiErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
    this.status = STATUS[type];
  }
}
