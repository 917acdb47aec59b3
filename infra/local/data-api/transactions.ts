import { randomBytes } from 'node:crypto';
import type { Login } from '../postgres/owner-role.ts';
import { DataApiError } from './errors.ts';
import { fromPostgres } from './postgres-errors.ts';
import type { Session, Sessions } from './sessions.ts';

export type Transactions = {
  begin(database: string, login: Login): Promise<string>;
  /** @throws DataApiError if the transaction is unknown, busy or of another database; and whatever `work` throws */
  use<T>(id: string, database: string | undefined, work: (session: Session) => Promise<T>): Promise<T>;
  /** @throws DataApiError as `use` does, and if a COMMIT was a rollback because a statement had failed */
  end(id: string, how: 'COMMIT' | 'ROLLBACK'): Promise<void>;
  /** Rolls back the transactions of one database, or all. */
  abandon(database?: string): void;
};

/** PostgreSQL's words for a statement in an aborted transaction. */
const NOT_COMMITTED =
  'ERROR: current transaction is aborted, commands ignored until end of transaction block; SQLState: 25P02';

type Transaction = { session: Session; isBusy: boolean; idle: NodeJS.Timeout };

/**
 * Keeps open transactions, each on a connection of its own.
 *
 * @param idleMs after which one that is not used is rolled back: 3 minutes in the service
 */
export function createTransactions(sessions: Sessions, idleMs: number): Transactions {
  const open = new Map<string, Transaction>();

  function forget(id: string): void {
    const transaction = open.get(id);
    if (transaction === undefined) return;
    open.delete(id);
    clearTimeout(transaction.idle);
    // Closing rolls back what is not committed. A session that is in use is closed when its call is over.
    if (!transaction.isBusy) transaction.session.close();
  }

  function startIdling(id: string): NodeJS.Timeout {
    return setTimeout(() => forget(id), idleMs).unref();
  }

  async function begin(database: string, login: Login): Promise<string> {
    const session = await sessions.open(database, login);
    const id = randomBytes(136).toString('base64'); // long and opaque, like the service's
    try {
      await session.client.query('BEGIN');
    } catch (error) {
      session.close();
      throw fromPostgres(error);
    }
    open.set(id, { session, isBusy: false, idle: startIdling(id) });
    return id;
  }

  async function use<T>(id: string, database: string | undefined, work: (session: Session) => Promise<T>): Promise<T> {
    const transaction = open.get(id);
    if (transaction === undefined) {
      throw new DataApiError('TransactionNotFoundException', `Transaction ${id} is not found`);
    }
    if (database !== undefined && database !== transaction.session.database) {
      throw new DataApiError('BadRequestException', 'Database name is not the same as transaction database');
    }
    if (transaction.isBusy) {
      throw new DataApiError('DatabaseErrorException', 'Transaction is still running a query');
    }
    transaction.isBusy = true;
    clearTimeout(transaction.idle);
    try {
      return await work(transaction.session);
    } catch (error) {
      if (error instanceof DataApiError && error.type === 'DatabaseUnavailableException') forget(id);
      throw error;
    } finally {
      transaction.isBusy = false;
      if (open.has(id)) transaction.idle = startIdling(id);
      else transaction.session.close();
    }
  }

  async function end(id: string, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await use(id, undefined, async ({ client }) => {
      // Whatever it answers, the transaction is over: a COMMIT that fails (a deferred constraint, say) has rolled back.
      const answered = client.query(how).finally(() => forget(id));
      const { command } = await answered.catch((error: unknown) => {
        throw fromPostgres(error);
      });
      // PostgreSQL answers the COMMIT of an aborted transaction with a ROLLBACK, and no error.
      if (command !== how) throw new DataApiError('DatabaseErrorException', NOT_COMMITTED);
    });
  }

  function abandon(database?: string): void {
    for (const [id, { session }] of open) if (session.database === (database ?? session.database)) forget(id);
  }

  return { begin, use, end, abandon };
}
