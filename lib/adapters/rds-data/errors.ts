import { DatabaseErrorException, DatabaseResumingException } from '@aws-sdk/client-rds-data';

/** What a PostgreSQL error said, as the Data API passes it on. Decide on `sqlState`, never on `message`. */
export class SqlError extends Error {
  readonly sqlState: string;

  constructor(sqlState: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SqlError';
    this.sqlState = sqlState;
  }
}

/** Whether an answer outgrew 1 MiB; the Data API has no type of its own for it, so its text has to decide. */
export function isTooLarge(error: unknown): boolean {
  return (
    error instanceof Error && /result exceeds the size limit|more than the allowed response size/i.test(error.message)
  );
}

const SQL_STATE = /SQLState: ([0-9A-Z]{5})\s*$/;

/** The PostgreSQL error inside a Data API error, if there is one. */
export function sqlErrorIn(error: unknown): SqlError | undefined {
  if (!(error instanceof DatabaseErrorException)) return undefined;
  const state = SQL_STATE.exec(error.message)?.[1];
  return state === undefined ? undefined : new SqlError(state, error.message, { cause: error });
}

/** Whether the cluster is only waking up: the request was cancelled, so it is safe to send it again. */
export function isResuming(error: unknown): boolean {
  return error instanceof DatabaseResumingException;
}

/** Whether the Data API refused the call since there are too many, after the SDK's own tries. */
export function isThrottled(error: unknown): boolean {
  return error instanceof Error && /^(Throttling|ThrottlingException|TooManyRequestsException)$/.test(error.name);
}

export const DEADLOCK = '40P01';

/** Trouble that passes though its class is the statement's: read-only after a failover, lost races for locks. */
const PASSING = new Set(['25006', '40001', DEADLOCK, '55P03']);

/** Whether the trouble is the database's, not the statement's: connection, resources, operator intervention, locks. */
export function isOutage({ sqlState }: SqlError): boolean {
  return /^(08|53|57|58)/.test(sqlState) || PASSING.has(sqlState);
}
