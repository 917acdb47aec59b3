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

/** PostgreSQL's classes for trouble that is not the statement's: connection, resources, operator intervention. */
export function isOutage({ sqlState }: SqlError): boolean {
  return /^(08|53|57|58)/.test(sqlState);
}

export const DEADLOCK = '40P01';
