import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import type { Login } from '../postgres/owner-role.ts';
import { DataApiError } from './errors.ts';
import { execute, executeBatch } from './execute.ts';
import { batchExecuteStatement, beginTransaction, endTransaction, executeStatement } from './requests.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Transactions } from './transactions.ts';

/** What a call ran, as faults match it, and the body that answers it. */
export type Outcome = { sql: string; answer: object };

export type Operation = { name: string; run(body: unknown): Promise<Outcome> };

/** The database of a request that names none. */
const DEFAULT_DATABASE = 'postgres';

type Target = { secretArn: string; database?: string | undefined; transactionId?: string | undefined };

/**
 * The operations of the service, by their path.
 *
 * @param loginOf whom a secret logs in as; throws DataApiError for one that there is not
 */
export function createOperations(
  sessions: Sessions,
  transactions: Transactions,
  loginOf: (secretArn: string) => Login,
  statementTimeoutMs: number,
): ReadonlyMap<string, Operation> {
  async function inSession<T>(target: Target, work: (session: Session) => Promise<T>): Promise<T> {
    const login = loginOf(target.secretArn);
    if (target.transactionId !== undefined) return await transactions.use(target.transactionId, target.database, work);
    const session = await sessions.open(target.database ?? DEFAULT_DATABASE, login);
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }

  return new Map([
    [
      '/Execute',
      operation('ExecuteStatement', executeStatement, async (request) => {
        const running = inSession(request, (session) => execute(session, request));
        const answer = request.continueAfterTimeout ? within(statementTimeoutMs, running) : running;
        return { sql: request.sql, answer: await answer };
      }),
    ],
    [
      '/BatchExecute',
      operation('BatchExecuteStatement', batchExecuteStatement, async (request) => ({
        sql: request.sql,
        answer: await inSession(request, (session) => executeBatch(session, request)),
      })),
    ],
    [
      '/BeginTransaction',
      operation('BeginTransaction', beginTransaction, async ({ database, secretArn }) => ({
        sql: 'BEGIN',
        answer: { transactionId: await transactions.begin(database ?? DEFAULT_DATABASE, loginOf(secretArn)) },
      })),
    ],
    [
      '/CommitTransaction',
      operation('CommitTransaction', endTransaction, async ({ transactionId }) => {
        await transactions.end(transactionId, 'COMMIT');
        return { sql: 'COMMIT', answer: { transactionStatus: 'Transaction Committed' } };
      }),
    ],
    [
      '/RollbackTransaction',
      operation('RollbackTransaction', endTransaction, async ({ transactionId }) => {
        await transactions.end(transactionId, 'ROLLBACK');
        return { sql: 'ROLLBACK', answer: { transactionStatus: 'Rollback Complete' } };
      }),
    ],
  ]);
}

function operation<Request>(
  name: string,
  schema: z.ZodType<Request>,
  run: (request: Request) => Promise<Outcome>,
): Operation {
  return {
    name,
    run: async (body) => {
      const request = schema.safeParse(body);
      if (!request.success) {
        const [issue] = request.error.issues;
        const reason = issue?.message ?? '';
        const place = issue?.path.join('.') ?? '';
        throw new DataApiError('ValidationException', place === 'schema' ? reason : `${place}: ${reason}`);
      }
      return await run(request.data);
    },
  };
}

/** Answers a call after the time of a statement while its statement goes on. */
async function within<T>(ms: number, running: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const timeout = wait(ms, undefined, { signal: stop.signal }).then(() => {
    throw new DataApiError('StatementTimeoutException', 'Request timed out');
  });
  try {
    return await Promise.race([running, timeout]);
  } finally {
    stop.abort();
  }
}
