import { setTimeout as pause } from 'node:timers/promises';
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import * as z from 'zod/mini';
import { $ZodError } from 'zod/v4/core';
import { ResultTooLarge, StoreUnavailable } from '../../domain/errors.ts';
import { noteDatabaseCall } from '../../observability/call.ts';
import { countOften } from '../../observability/often.ts';
import type { SqlError } from './errors.ts';
import { DEADLOCK, isOutage, isResuming, isThrottled, isTooLarge, sqlErrorIn } from './errors.ts';
import type { Statement } from './statement.ts';
import { decodeField, encodeParameters } from './value.ts';

export type DatabaseConfig = {
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly name: string;
  /**
   * Milliseconds that one call may take in all: its tries, and the waiting for a paused cluster or after a deadlock. Then
   * it fails, so that a function answers before it is ended.
   */
  readonly budgetMs: number;
};

/** Runs statements through the Data API. */
export type Database = {
  /**
   * Runs one statement in a transaction of its own.
   * @throws SqlError for what PostgreSQL refuses, StoreUnavailable when it could not be asked or did not answer; then
   * the statement may or may not have been committed
   */
  run<Input, Row>(statement: Statement<Input, Row>, input: Input, transactionId?: string): Promise<Row[]>;
};

/** Long beside the 17 ms that a call takes inside the Region, short enough for a second try inside the budget. */
const TRY_MS = 3_000;
const RESUME_PAUSE_MS = 500;
const DEADLOCK_TRIES = 4;

/**
 * The Data API client. The SDK repeats a call whose answer was lost, so every statement has to bear being run twice.
 * @param tryMs milliseconds that one try may take
 */
export function createDataApiClient(tryMs = TRY_MS): RDSDataClient {
  return new RDSDataClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: tryMs, throwOnRequestTimeout: true },
  });
}

export function createDatabase(config: DatabaseConfig, client = createDataApiClient()): Database {
  const send = async <Input, Row>(
    statement: Statement<Input, Row>,
    input: Input,
    transactionId: string | undefined,
    abortSignal: AbortSignal,
  ) => {
    const answer = await client.send(
      new ExecuteStatementCommand({
        resourceArn: config.clusterArn,
        secretArn: config.secretArn,
        database: config.name,
        sql: statement.sql,
        parameters: encodeParameters(statement.bind(input)),
        includeResultMetadata: true,
        ...(transactionId === undefined ? {} : { transactionId }),
      }),
      { abortSignal },
    );
    const columns = answer.columnMetadata?.map(({ label, name }) => label ?? name ?? '') ?? [];
    return (answer.records ?? []).map((record) =>
      z.parse(statement.row, Object.fromEntries(record.map((field, at) => [columns[at] ?? '', decodeField(field)]))),
    );
  };

  /** Tries until there is an answer, or an error that no other try would better. */
  const tried = async <Input, Row>(
    statement: Statement<Input, Row>,
    input: Input,
    transactionId: string | undefined,
    budget: AbortSignal,
  ) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send(statement, input, transactionId, budget);
      } catch (error) {
        const sqlError = sqlErrorIn(error);
        countTrouble(error, sqlError);
        if (isResuming(error) && !budget.aborted) {
          await pause(RESUME_PAUSE_MS);
          continue;
        }
        // Inside a transaction the whole of it is lost with a deadlock, so only its owner can begin again.
        if (sqlError?.sqlState === DEADLOCK && transactionId === undefined && attempt < DEADLOCK_TRIES) {
          await pause(Math.random() * 50 * attempt);
          continue;
        }
        throw translated(error, sqlError);
      }
    }
  };

  return {
    async run(statement, input, transactionId) {
      const begunAt = performance.now();
      try {
        return await tried(statement, input, transactionId, AbortSignal.timeout(config.budgetMs));
      } catch (error) {
        if (error instanceof StoreUnavailable) countOften('DatabaseUnavailable');
        throw error;
      } finally {
        noteDatabaseCall(performance.now() - begunAt);
      }
    },
  };
}

/** Counts what a try met, also where a later one succeeds: a database that only just answers is one to look at. */
function countTrouble(error: unknown, sqlError: SqlError | undefined): void {
  if (isResuming(error)) countOften('DatabaseResuming');
  if (sqlError?.sqlState === DEADLOCK) countOften('DatabaseDeadlocks');
  if (isThrottled(error)) countOften('DatabaseThrottled');
}

/** What callers can tell apart: PostgreSQL's own refusal, and a database that could not be asked. */
function translated(error: unknown, sqlError: SqlError | undefined): unknown {
  if (sqlError !== undefined && !isOutage(sqlError)) return sqlError;
  if (error instanceof $ZodError) return error;
  if (isTooLarge(error)) return new ResultTooLarge('the answer exceeds 1 MiB', { cause: error });
  return new StoreUnavailable(error instanceof Error ? `${error.name}: ${error.message}` : String(error), {
    cause: error,
  });
}
